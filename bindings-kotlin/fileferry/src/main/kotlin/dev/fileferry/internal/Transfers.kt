package dev.fileferry.internal

import dev.fileferry.FileFerryException
import dev.fileferry.Phase
import dev.fileferry.Progress
import dev.fileferry.ProgressListener
import dev.fileferry.Source
import dev.fileferry.ffi.FfiProgress
import dev.fileferry.ffi.FfiProgressListener
import dev.fileferry.ffi.FfiSource
import dev.fileferry.ffi.FfiSourceFeeder
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.launch

/**
 * Runs a transfer whose progress is told to [onProgress] in the caller's own context. The native side only drops events
 * into a buffer, the newest winning, so a slow listener holds up nothing; the last event is always told.
 */
internal suspend fun <T> reportingTo(onProgress: ProgressListener?, transfer: suspend (FfiProgressListener?) -> T): T {
    if (onProgress == null) return transfer(null)
    return coroutineScope {
        val events = Channel<Progress>(PROGRESS_BUFFER, BufferOverflow.DROP_OLDEST)
        launch { for (event in events) onProgress(event) }
        try {
            transfer(ProgressBuffer(events))
        } finally {
            events.close()
        }
    }
}

/**
 * Runs an upload whose bytes come from a flow, which is collected beside it. When the flow fails, so does the upload, with
 * the flow's own exception among its suppressed ones.
 */
internal suspend fun <T> feeding(source: Source.Chunks, upload: suspend (ChunkFeed) -> T): T = coroutineScope {
    val feed = ChunkFeed(source.length)
    val collecting = launch { feed.collect(source.chunks) }
    try {
        upload(feed)
    } catch (error: FileFerryException) {
        feed.failure?.let { error.addSuppressed(it) }
        throw error
    } finally {
        collecting.cancel()
    }
}

/** Chunks on their way from a flow to the native library. */
internal class ChunkFeed(private val length: Long) {
    private val chunks = Channel<ByteArray>(Channel.RENDEZVOUS)

    // A call that only finds out that somebody has to sign in takes the first chunks with it, so they are kept for the
    // call that follows. Once more are gone than the library buffers, the upload runs and there is no second call.
    private val firstChunks = mutableListOf<ByteArray>()
    private var taken = 0

    var failure: Exception? = null
        private set

    suspend fun collect(source: Flow<ByteArray>) {
        try {
            source.collect(chunks::send)
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (error: Exception) {
            failure = error
        }
        chunks.close()
    }

    /** Makes one call, pushing the chunks while it runs. */
    suspend fun <T> attempt(upload: suspend (FfiSource) -> T): T = coroutineScope {
        val feeder = Native.run { FfiSourceFeeder(length.toULong()) }
        val pushing = launch { push(feeder) }
        try {
            upload(FfiSource.Stream(feeder))
        } finally {
            pushing.cancelAndJoin()
            feeder.destroy()
        }
    }

    private suspend fun push(feeder: FfiSourceFeeder) {
        if (firstChunks.any { !feeder.push(it) }) return
        for (chunk in chunks) {
            taken += 1
            if (taken <= KEPT) firstChunks += chunk else firstChunks.clear()
            if (!feeder.push(chunk)) return
        }
        failure?.let { feeder.fail("the source could not be read: $it") } ?: feeder.finish()
    }

    private companion object {
        // The library buffers two chunks, and a third may be waiting.
        const val KEPT = 3
    }
}

private const val PROGRESS_BUFFER = 16

private class ProgressBuffer(private val events: Channel<Progress>) : FfiProgressListener {
    override fun onProgress(progress: FfiProgress) {
        events.trySend(
            Progress(
                phase = Phase.valueOf(progress.phase.uppercase()),
                bytesDone = progress.bytesDone.toLong(),
                bytesTotal = progress.bytesTotal?.toLong(),
                bytesOnWire = progress.bytesOnWire.toLong(),
                attempt = progress.attempt.toInt(),
                speed = progress.speed,
            ),
        )
    }
}
