package dev.fileferry

import dev.fileferry.ffi.FfiByteStream
import dev.fileferry.internal.cancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * A stream of bytes from a service. It holds a connection until it was read to its end or closed; reading goes on where
 * it stopped, so each byte is seen once.
 */
public class ByteStream internal constructor(private val native: FfiByteStream) : AutoCloseable {
    /** Media type, where the server said one. */
    public val mediaType: String? = native.mediaType()

    /** Length, where the server said one. */
    public val length: Long? = native.length()?.toLong()

    /** The bytes that are left, chunk by chunk. A collector that stops early should close the stream. */
    public fun chunks(): Flow<ByteArray> = flow {
        while (true) {
            val chunk = cancellable { native.next(it) } ?: break
            emit(chunk)
        }
    }

    /** All bytes that are left; more than [limit] are a `too_large` error. */
    public suspend fun readAll(limit: Long = DEFAULT_LIMIT): ByteArray = cancellable {
        native.readAll(limit.toULong(), it)
    }

    /** Lets go of the connection; further reads give the end. Twice is fine. */
    override fun close() {
        native.shut()
    }

    override fun toString(): String = "ByteStream(mediaType=$mediaType, length=$length)"

    private companion object {
        const val DEFAULT_LIMIT = 64L * 1024 * 1024
    }
}
