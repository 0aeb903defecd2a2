package dev.fileferry

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.runInterruptible
import java.io.File
import java.io.InputStream
import java.nio.file.Path

/** What an upload reads. */
public sealed class Source {
    internal class Disk(val path: String) : Source()

    internal class Memory(val bytes: ByteArray) : Source()

    internal class Chunks(val length: Long, val chunks: Flow<ByteArray>) : Source()

    public companion object {
        private const val CHUNK = 64 * 1024

        /** A file on disk. */
        public fun of(path: Path): Source = Disk(path.toString())

        /** A file on disk. */
        public fun of(file: File): Source = Disk(file.path)

        /** Bytes in memory. */
        public fun of(bytes: ByteArray): Source = Memory(bytes)

        /** Chunks that are [length] bytes in all. They can be read once, so a failed upload is not repeated. */
        public fun of(chunks: Flow<ByteArray>, length: Long): Source = Chunks(length, chunks)

        /** A stream of [length] bytes. It can be read once, so a failed upload is not repeated, and is not closed. */
        public fun of(stream: InputStream, length: Long): Source = Chunks(length, stream.chunks())

        private fun InputStream.chunks(): Flow<ByteArray> = flow {
            while (true) {
                val chunk = ByteArray(CHUNK)
                val count = runInterruptible(Dispatchers.IO) { read(chunk) }
                if (count < 0) break
                emit(if (count == CHUNK) chunk else chunk.copyOf(count))
            }
        }
    }
}
