package dev.fileferry.internal

import dev.fileferry.FileFerryException
import dev.fileferry.ffi.Disposable
import dev.fileferry.ffi.FfiCancel
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext

/**
 * Runs a native call that ends when the coroutine is cancelled.
 *
 * The call itself is never abandoned: cancelling tells the native side, and this returns when that has let go of sockets
 * and files. So a program that joins a cancelled job finds nothing half-done.
 *
 * The end of a call is told on a thread of the native library. The call is made in a context of its own, so that a
 * coroutine without a dispatcher goes on elsewhere and leaves that thread alone.
 */
internal suspend fun <T> cancellable(call: suspend (FfiCancel) -> T): T {
    Native.check()
    val ending = Ending()
    // A child of the caller's job that is cancelled with it, at once and on the thread that cancels.
    val watcher = Job(currentCoroutineContext()[Job])
    watcher.invokeOnCompletion { cause -> if (cause != null) ending.cancel() }
    var held: Disposable? = null
    try {
        val result = withContext(NonCancellable + Dispatchers.Default) {
            Native.run { call(ending.handle) }.also { held = it as? Disposable }
        }
        currentCoroutineContext().ensureActive()
        return result
    } catch (error: FileFerryException) {
        // The native side's own word for it is not what a cancelled coroutine throws.
        currentCoroutineContext().ensureActive()
        throw error
    } catch (cancelled: CancellationException) {
        // Nobody will get what came meanwhile, so a stream that it holds is closed here.
        held?.destroy()
        throw cancelled
    } finally {
        watcher.complete()
        ending.release()
    }
}

/** The cancel handle of one call, which may be pulled while the call is just ending. */
private class Ending {
    val handle = FfiCancel()
    private var isReleased = false

    @Synchronized
    fun cancel() {
        if (!isReleased) handle.cancel()
    }

    @Synchronized
    fun release() {
        isReleased = true
        handle.destroy()
    }
}
