package dev.fileferry

import dev.fileferry.ffi.FfiProgress
import dev.fileferry.internal.ProgressBuffer
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import kotlin.random.Random
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

class TransfersTest {
    @TempDir
    lateinit var folder: Path

    private val content = Random(7).nextBytes(3_000_001)

    private fun sourceFile(): Path = Files.write(folder.resolve("source.bin"), content)

    @Test
    fun `files go up from everything that can be a source and come down the same`() = inWorld { world ->
        val pieces = content.toList().chunked(700_000).map { it.toByteArray() }
        val sources = mapOf(
            "path.bin" to Source.of(sourceFile()),
            "file.bin" to Source.of(sourceFile().toFile()),
            "bytes.bin" to Source.of(content),
            "stream.bin" to Source.of(content.inputStream(), content.size.toLong()),
            "flow.bin" to Source.of(flow { pieces.forEach { emit(it) } }, content.size.toLong()),
        )
        world.client().use { k2s ->
            for ((name, source) in sources) {
                val entry = k2s.upload(source, name = name)
                assertEquals(name, entry.name)
                assertEquals(content.size.toLong(), entry.size)
                assertEquals("keep2share", entry.service)

                val copy = folder.resolve("copy-$name")
                val downloaded = k2s.download(entry, copy)
                assertEquals(copy.toString(), downloaded.path)
                assertContentEquals(content, Files.readAllBytes(copy))
            }
        }
    }

    @Test
    fun `a path is a source by itself and gives the name`() = inWorld { world ->
        world.client().use { k2s ->
            val folderId = k2s.files.createFolder("here").id
            assertEquals("source.bin", k2s.upload(sourceFile(), folder = folderId).name)
            assertEquals(listOf("source.bin"), k2s.files.getFilesList(parent = folderId).files.map { it.name })
        }
    }

    @Test
    fun `an upload that is held tells how far it is`() = inWorld { world ->
        world.client().use { k2s ->
            world.fault("hold", "upload", "at_byte" to 1_000_000)
            val events = mutableListOf<Progress>()
            coroutineScope {
                val upload = async(Dispatchers.Default) { k2s.upload(sourceFile()) { events += it } }
                withContext(Dispatchers.IO) { world.waitFor("held") }
                world.release()
                upload.await()
            }
            assertProgress(events)
        }
    }

    @Test
    fun `a download that is held tells how far it is`() = inWorld { world ->
        world.client().use { k2s ->
            val entry = k2s.upload(sourceFile())
            world.fault("hold", "download", "at_byte" to 1_000_000)
            val events = mutableListOf<Progress>()
            coroutineScope {
                val download = async(Dispatchers.Default) {
                    k2s.download(entry, folder.resolve("copy.bin")) { events += it }
                }
                withContext(Dispatchers.IO) { world.waitFor("held") }
                world.release()
                download.await()
            }
            assertProgress(events)
        }
    }

    private fun assertProgress(events: List<Progress>) {
        assertTrue(events.size >= 3, "$events")
        val total = content.size.toLong()
        assertTrue(events.all { it.bytesDone <= total && (it.bytesTotal ?: total) == total }, "$events")
        assertEquals(Phase.DONE, events.last().phase)
        assertEquals(total, events.last().bytesDone)
        assertEquals(1, events.last().attempt)
    }

    @Test
    fun `progress is told in the caller's own context`() = inWorld { world ->
        val threads = mutableSetOf<Thread>()
        world.client().use { k2s -> k2s.upload(sourceFile()) { threads += Thread.currentThread() } }
        assertEquals(setOf(Thread.currentThread()), threads)
    }

    @Test
    fun `a phase that this version does not know keeps its word`() {
        val events = Channel<Progress>(1)
        ProgressBuffer(events).onProgress(FfiProgress("verifying", 1u, null, null, 1u, 1u, 0.5))
        assertEquals("verifying", events.tryReceive().getOrThrow().phase.value)
    }

    @Test
    fun `a listener that throws stops the transfer`() = inWorld { world ->
        world.client().use { k2s ->
            val entry = k2s.upload(sourceFile())
            world.fault("slow_body", "download", "size" to 10_000, "latency_ms" to 20)
            val error = assertFailsWith<IllegalStateException> {
                k2s.download(entry, folder.resolve("copy.bin")) { if (it.bytesDone > 0) error("enough") }
            }
            assertEquals("enough", error.message)
            world.waitFor("client_closed")
        }
    }

    @Test
    fun `a flow that fails fails the upload and is told`() = inWorld { world ->
        world.client().use { k2s ->
            val source = Source.of(
                flow {
                    emit(content.copyOf(1_000_000))
                    throw IOException("the tape is torn")
                },
                content.size.toLong(),
            )
            val error = failure { k2s.upload(source, name = "torn.bin") }
            assertEquals(ErrorKind.IO, error.kind)
            assertTrue("the tape is torn" in error.message.orEmpty())
            assertTrue(error.suppressedExceptions.single() is IOException)
            assertEquals(emptyList(), k2s.files.getFilesList().files)
        }
    }

    @Test
    fun `a full disk ends a download, and nothing is left on it`() = inWorld { world ->
        val full = testDisks().resolve("full")
        world.client().use { k2s ->
            val entry = k2s.upload(sourceFile())
            val error = failure { k2s.download(entry, full.resolve("large.bin")) }
            assertEquals(ErrorKind.IO, error.kind)
            assertTrue("No space left" in error.message.orEmpty(), error.toJson())
            assertEquals(emptyList(), Files.list(full).use { it.toList() })
        }
    }

    @Test
    fun `a file that nobody can read is not sent`() = inWorld { world ->
        val unreadable = testDisks().resolve("unreadable")
        world.client().use { k2s -> assertEquals(ErrorKind.IO, failure { k2s.upload(unreadable) }.kind) }
        assertEquals(emptyList(), world.requests())
    }

    @Test
    fun `a file that changes its size while it is sent is not stored as if it were whole`() = inWorld { world ->
        val file = Files.write(folder.resolve("shrinks.bin"), ByteArray(20_000_000))
        world.client().use { k2s ->
            world.fault("hold", "upload", "at_byte" to 1000)
            coroutineScope {
                val upload = async(Dispatchers.Default) { failure { k2s.upload(file) } }
                withContext(Dispatchers.IO) {
                    world.waitFor("held")
                    Files.write(file, ByteArray(1000))
                    world.release()
                }
                assertEquals(ErrorKind.CHANGED, upload.await().kind)
            }
            assertEquals(emptyList(), k2s.files.getFilesList().files)
        }
    }

    /** The folder of the full disk and of the file that nobody can read. */
    private fun testDisks(): Path {
        val folder = System.getenv("FILEFERRY_TEST_DISKS")
        val why = "FILEFERRY_TEST_DISKS is not set: `cargo xtask test` mounts both, where it is root on Linux"
        assumeTrue(folder != null, why)
        return Path.of(folder)
    }

    @Test
    fun `a file can be read as a stream`() = inWorld { world ->
        world.client().use { k2s ->
            val entry = k2s.upload(sourceFile())
            val id = assertNotNull(entry.id)
            k2s.downloadStream(entry).use { stream ->
                assertEquals(content.size.toLong(), stream.length)
                val chunks = stream.chunks().toList()
                assertTrue(chunks.size > 1)
                assertContentEquals(content, chunks.reduce(ByteArray::plus))
            }
            k2s.downloadStream(id).use { stream ->
                assertEquals(ErrorKind.TOO_LARGE, failure { stream.readAll(limit = 1000) }.kind)
            }
        }
    }

    @Test
    fun `a target that exists is only replaced when that is asked for`() = inWorld { world ->
        world.client().use { k2s ->
            val entry = k2s.upload(sourceFile())
            val target = Files.writeString(folder.resolve("there.bin"), "old")
            assertEquals(ErrorKind.ALREADY_EXISTS, failure { k2s.download(entry, target) }.kind)
            assertEquals("old", Files.readString(target))
            k2s.download(entry, target, overwrite = true)
            assertContentEquals(content, Files.readAllBytes(target))
            assertTrue(Files.list(folder).use { it.toList() }.none { "part" in it.fileName.toString() })
        }
    }

    @Test
    fun `an empty file goes up or is refused before anything is half-done`() = inWorld { world ->
        world.client().use { k2s ->
            val entry = k2s.upload(Source.of(ByteArray(0)), name = "empty.bin")
            assertEquals(0, entry.size)
        }
    }
}
