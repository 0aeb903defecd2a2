package dev.fileferry.internal

import dev.fileferry.LogEntry
import dev.fileferry.LogListener
import dev.fileferry.ffi.FfiLogListener
import java.util.concurrent.ArrayBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit

/**
 * Hands log entries to a program on a thread of its own, so that a slow listener never holds up a request. The thread is
 * a daemon and goes away when there is nothing to tell.
 */
internal class LogPump(private val listener: LogListener) : FfiLogListener {
    private val executor = ThreadPoolExecutor(
        1,
        1,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        ArrayBlockingQueue(CAPACITY),
        { work -> Thread(work, "fileferry-log").apply { isDaemon = true } },
        ThreadPoolExecutor.DiscardPolicy(),
    ).apply { allowCoreThreadTimeOut(true) }

    override fun onLog(level: String, service: String, operation: String?, message: String) {
        executor.execute { listener(LogEntry(level, service, operation, message)) }
    }

    private companion object {
        const val CAPACITY = 1024
        const val IDLE_SECONDS = 1L
    }
}
