package dev.fileferry

import dev.fileferry.keep2share.Access
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import kotlin.random.Random
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

class UploadFolderTest {
    @TempDir
    lateinit var local: Path

    private val one = Random(1).nextBytes(1_000_000)
    private val two = Random(2).nextBytes(500_000)

    private fun tree(): Path {
        val photos = local.resolve("photos")
        Files.createDirectories(photos.resolve("2024/empty"))
        Files.write(photos.resolve("2024/one.bin"), one)
        Files.write(photos.resolve("two.bin"), two)
        return photos
    }

    private fun FolderReport.entry(path: String): Entry = assertNotNull(items.single { it.path == path }.entry)

    @Test
    fun `a folder arrives with all that is in it, and what is left out is told`() = inWorld { world ->
        val photos = tree()
        Files.createSymbolicLink(photos.resolve("shortcut"), photos.resolve("two.bin"))
        world.client().use { k2s ->
            val report = k2s.uploadFolder(photos)

            assertEquals(listOf(2L, 1L, 1_500_000L), listOf(report.uploaded, report.failed, report.bytes))
            assertEquals("photos" to true, report.folder.name to report.folder.isFolder)
            assertEquals(
                listOf("2024" to true, "2024/empty" to true, "2024/one.bin" to false, "two.bin" to false),
                report.items.filter { it.entry != null && it.error == null }.map { it.path to it.isFolder },
            )
            val left = report.items.single { it.entry == null }
            val why = assertNotNull(left.error)
            assertEquals(listOf("shortcut", "not_supported", "symbolic_link"), listOf(left.path, why.kind, why.name))
            assertTrue("shortcut" in why.message && !why.retryable, why.toString())

            val there = k2s.list("/photos").toList() + k2s.list("/photos/2024").toList()
            val told = listOf("2024", "two.bin", "2024/empty", "2024/one.bin").map { report.entry(it) }
            assertEquals(told.map { it.id to it.name }.toSet(), there.map { it.id to it.name }.toSet())
            assertEquals(emptyList(), k2s.list("/photos/2024/empty").toList())
            for ((path, content) in mapOf("2024/one.bin" to one, "two.bin" to two)) {
                assertContentEquals(content, k2s.downloadStream(report.entry(path)).use { it.readAll() })
            }
        }
    }

    @Test
    fun `progress counts files and bytes, and ends exact`() = inWorld { world ->
        val photos = tree()
        // A name that the service does not take.
        Files.write(photos.resolve("x"), byteArrayOf(0))
        world.fault("hold", "upload", "at_byte" to 100_000, "skip" to 1)
        val events = mutableListOf<FolderProgress>()
        val halfway = CompletableDeferred<Unit>()
        world.client().use { k2s ->
            coroutineScope {
                val upload = async {
                    k2s.uploadFolder(photos, parallel = 1) {
                        events += it
                        if (it.filesDone == 1L) halfway.complete(Unit)
                    }
                }
                halfway.await()
                withContext(Dispatchers.IO) { world.waitFor("held") }
                world.release()
                assertEquals(listOf(2L, 1L), upload.await().let { listOf(it.uploaded, it.failed) })
            }
        }
        for (event in events) {
            assertTrue(event.bytesDone <= event.bytesTotal, "$event")
            assertTrue(event.filesDone + event.filesFailed <= event.filesTotal, "$event")
        }
        val last = events.last()
        assertEquals(listOf(2L, 1L, 3L), listOf(last.filesDone, last.filesFailed, last.filesTotal))
        assertEquals(listOf(1_500_000L, 1_500_001L), listOf(last.bytesDone, last.bytesTotal))
        assertTrue(last.bytesOnWire >= 1_500_000 && last.speed > 0, "$last")
    }

    @Test
    fun `a second call adds to the folder that is there`() = inWorld { world ->
        world.client().use { k2s ->
            val common: ServiceClient = k2s
            val archive = common.makeFolder("archive")
            val photos = tree()
            val first = common.uploadFolder(photos, archive, name = "old photos")
            Files.write(Files.createDirectory(photos.resolve("2025")).resolve("three.bin"), byteArrayOf(3))
            val reports = listOf(
                common.uploadFolder(photos, "/archive", name = "old photos"),
                k2s.uploadFolder(photos, assertNotNull(archive.id), name = "old photos"),
                k2s.uploadFolder(photos, archive, name = "old photos"),
            )
            for (again in reports) {
                assertEquals(first.folder.id, again.folder.id)
                assertEquals(first.entry("2024/empty").id, again.entry("2024/empty").id)
                assertEquals(3, again.uploaded)
            }
            assertEquals(listOf("old photos"), k2s.list(archive).toList().map { it.name })
            assertEquals(
                listOf("2024", "2025") + List(4) { "two.bin" },
                k2s.list("/archive/old photos").toList().map { it.name }.sorted(),
            )
        }
        // What is stored already is found by its hash.
        assertEquals(3, world.requests("?operation=upload").size)
    }

    @Test
    fun `an argument of the service reaches it`() = inWorld { world ->
        world.client().use { k2s ->
            val report = k2s.uploadFolder(tree(), access = Access.PRIVATE, byHash = false)
            val ids = listOf("2024/one.bin", "two.bin").map { assertNotNull(report.entry(it).id) }
            val files = k2s.files.getFilesInfo(ids, extendedInfo = true).files
            assertEquals(listOf(Access.PRIVATE, Access.PRIVATE), files.map { it.access })
        }
        assertEquals(emptyList(), world.requests("?operation=findByFirst5MbSha1Hash"))
    }

    @Test
    fun `who has to sign in is asked once`() = inWorld { world ->
        val account = world.account("captcha")
        var asked = 0
        val client = Keep2Share(
            username = account.username,
            password = account.password,
            baseUrl = world.baseUrl,
            rate = 0.0,
            onCaptcha = {
                asked += 1
                world.captchaAnswer(assertNotNull(it.captcha.challenge))
            },
        )
        client.use { k2s -> assertEquals(2, k2s.uploadFolder(tree()).uploaded) }
        assertEquals(1, asked)
    }

    @Test
    fun `an upload of a folder that is cancelled closes its sockets and begins nothing more`() = inWorld { world ->
        val folder = Files.createDirectory(local.resolve("many"))
        // More than sockets hold back: what is on its way when the upload ends may not be a whole file.
        repeat(6) { Files.write(folder.resolve("file $it.bin"), Random(it).nextBytes(12_000_000)) }
        world.client().use { k2s ->
            world.fault("hold", "upload", "at_byte" to 100_000, "times" to null)
            coroutineScope {
                val upload = launch(Dispatchers.Default) { k2s.uploadFolder(folder, parallel = 2) }
                withContext(Dispatchers.IO) { world.requests("?wait_for=held&operation=upload&count=2") }
                upload.cancelAndJoin()
                assertTrue(upload.isCancelled)
                withContext(Dispatchers.IO) { world.requests("?wait_for=client_closed&operation=upload&count=2") }
            }
            assertEquals(emptyList(), k2s.list("/many").toList())
        }
        assertEquals(2, world.requests("?operation=upload").size)
    }

    @Test
    fun `what cannot be a call is refused before anything is sent`() = inWorld { world ->
        val photos = tree()
        val stranger = Entry(id = "abc", name = "strange", isFolder = true, service = "yetishare")
        world.client().use { k2s ->
            val wrong = listOf<suspend () -> Any?>(
                { k2s.uploadFolder(photos, parallel = 0) },
                { k2s.uploadFolder(photos, parallel = 11) },
                { k2s.uploadFolder(photos, name = "a/b") },
                { k2s.uploadFolder(photos, stranger) },
            )
            for (call in wrong) assertEquals(ErrorKind.INVALID_ARGUMENT, failure(call).kind)
            for (path in listOf(photos.resolve("two.bin"), photos.resolve("nowhere"))) {
                val error = failure { k2s.uploadFolder(path) }
                assertEquals(ErrorKind.IO, error.kind)
                assertTrue("$path" in error.message.orEmpty(), error.toJson())
            }
            k2s.close()
            assertEquals(ErrorKind.CLOSED, failure { k2s.uploadFolder(photos) }.kind)
        }
        assertEquals(emptyList(), world.requests())
    }
}
