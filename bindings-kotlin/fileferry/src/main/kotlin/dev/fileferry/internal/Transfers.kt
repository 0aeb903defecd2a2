package dev.fileferry.internal

import dev.fileferry.FileFerryException
import dev.fileferry.FolderProgress
import dev.fileferry.Phase
import dev.fileferry.Progress
import dev.fileferry.Source
import dev.fileferry.ffi.FfiFolderProgress
import dev.fileferry.ffi.FfiFolderProgressListener
import dev.fileferry.ffi.FfiProgress
import dev.fileferry.ffi.FfiProgressListener
import dev.fileferry.ffi.FfiSource
import dev.fileferry.ffi.FfiSourceFeeder
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.SendChannel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.launch

/**
 * Runs a transfer whose progress is told to [onProgress] in the caller's own context. The native side only drops events
 * into a [buffer], the newest winning, so a slow listener holds up nothing; the last event is always told.
 */
internal suspend fun <E, B, T> reportingTo(
    onProgress: (suspend (E) -> Unit)?,
    buffer: (SendChannel<E>) -> B,
    transfer: suspend (B?) -> T,
): T {
    if (onProgress == null) return transfer(null)
    return coroutineScope {
        val events = Channel<E>(PROGRESS_BUFFER, BufferOverflow.DROP_OLDEST)
        launch { for (event in events) onProgress(event) }
        try {
            transfer(buffer(events))
        } finally {
            events.close()
        }
    }
}

/** Feeds the chunks of a flow to the native library, which takes them once. */
internal class ChunkFeed(private val source: Source.Chunks) {
    private var failure: Exception? = null

    /** Makes one call, collecting the flow while it runs. */
    suspend fun <T> attempt(upload: suspend (FfiSource) -> T): T = coroutineScope {
        val feeder = Native.run { FfiSourceFeeder(source.length.toULong()) }
        val pushing = launch { push(feeder) }
        try {
            upload(FfiSource.Stream(feeder))
        } finally {
            pushing.cancelAndJoin()
            feeder.destroy()
        }
    }

    /** Makes the whole call; where the flow failed, its own exception is among the suppressed ones of the upload's. */
    suspend fun <T> explaining(call: suspend () -> T): T = try {
        call()
    } catch (error: FileFerryException) {
        failure?.let(error::addSuppressed)
        throw error
    }

    private suspend fun push(feeder: FfiSourceFeeder) {
        // A call that only finds out that somebody has to sign in reads nothing, so it can be made once more.
        if (!feeder.wanted()) return
        try {
            source.chunks.takeWhile(feeder::push).collect()
            feeder.finish()
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (error: Exception) {
            failure = error
            feeder.fail("the source could not be read: $error")
        }
    }
}

private const val PROGRESS_BUFFER = 16

internal class ProgressBuffer(private val events: SendChannel<Progress>) : FfiProgressListener {
    override fun onProgress(progress: FfiProgress) {
        events.trySend(
            Progress(
                phase = Phase(progress.phase),
                bytesDone = progress.bytesDone.toLong(),
                bytesTotal = progress.bytesTotal?.toLong(),
                fraction = progress.fraction,
                bytesOnWire = progress.bytesOnWire.toLong(),
                attempt = progress.attempt.toInt(),
                speed = progress.speed,
            ),
        )
    }
}

internal class FolderProgressBuffer(private val events: SendChannel<FolderProgress>) : FfiFolderProgressListener {
    override fun onProgress(progress: FfiFolderProgress) {
        events.trySend(
            FolderProgress(
                filesDone = progress.filesDone.toLong(),
                filesFailed = progress.filesFailed.toLong(),
                filesTotal = progress.filesTotal.toLong(),
                bytesDone = progress.bytesDone.toLong(),
                bytesTotal = progress.bytesTotal.toLong(),
                bytesOnWire = progress.bytesOnWire.toLong(),
                speed = progress.speed,
            ),
        )
    }
}
