package dev.fileferry.internal

import dev.fileferry.FileFerryException
import dev.fileferry.ffi.Disposable
import dev.fileferry.ffi.FfiCancel
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.withContext

/**
 * Runs a native call that ends when the coroutine is cancelled.
 *
 * The call itself is never abandoned: cancelling tells the native side, and this returns when that has let go of sockets
 * and files. So a program that joins a cancelled job finds nothing half-done.
 */
internal suspend fun <T> cancellable(call: suspend (FfiCancel) -> T): T {
    Native.check()
    val ending = Ending()
    // A child of the caller's job that is cancelled with it, at once and on the thread that cancels.
    val watcher = Job(currentCoroutineContext()[Job])
    watcher.invokeOnCompletion { cause -> if (cause != null) ending.cancel() }
    val result = try {
        withContext(NonCancellable) { Native.run { call(ending.handle) } }
    } catch (error: FileFerryException) {
        // The native side's own word for it is not what a cancelled coroutine throws.
        currentCoroutineContext().ensureActive()
        throw error
    } finally {
        watcher.complete()
        ending.release()
    }
    if (!currentCoroutineContext().isActive) {
        // Nobody will get it, so a stream that it holds is closed here.
        (result as? Disposable)?.destroy()
        currentCoroutineContext().ensureActive()
    }
    return result
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
