package dev.fileferry

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class SharedVerbsTest {
    @TempDir
    lateinit var local: Path

    private val oddName = "50% #1 ü🎬.txt"
    private val content = "content".encodeToByteArray()

    private fun withClient(test: suspend (World, Keep2Share) -> Unit) = inWorld { world ->
        val token = world.account("premium").accessToken
        Keep2Share(accessToken = token, baseUrl = world.baseUrl, rate = 0.0, pollInterval = 1.milliseconds).use {
            test(world, it)
        }
    }

    private suspend fun Keep2Share.put(name: String, folder: String = "/"): Entry =
        upload(Source.of(content), folder, name)

    /** An address on this machine that a file can be fetched from: the link of one that is there. */
    private suspend fun Keep2Share.source(): String =
        assertNotNull(downloads.getUrl(assertNotNull(put("source.bin").id)).url)

    @Test
    fun `targets are paths, ids and entries`() = withClient { _, k2s ->
        val docs = k2s.makeFolder("docs")
        assertEquals("/docs" to true, docs.path to docs.isFolder)
        val docsId = assertNotNull(docs.id)
        k2s.put("1 $oddName", "/docs")
        k2s.put("2 $oddName", docsId)
        k2s.upload(Source.of(content), docs, "3 $oddName")
        assertEquals(
            listOf(3, 3, 3),
            listOf(k2s.list("/docs"), k2s.list(docsId), k2s.list(docs)).map {
                it.toList().size
            },
        )
        val made = listOf(
            k2s.makeFolder("sub", "/docs"),
            k2s.makeFolder("sub", docsId, existOk = true),
            k2s.makeFolder("sub", docs, existOk = true),
        )
        assertEquals(1, made.map { it.id }.toSet().size)

        val path = "/docs/1 $oddName"
        val file = k2s.stat(path)
        val id = assertNotNull(file.id)
        for (found in listOf(file, k2s.stat(id), k2s.stat(file))) {
            assertEquals(listOf(id, "1 $oddName", 7L), listOf(found.id, found.name, found.size))
        }
        for (link in listOf(k2s.shareLink(path), k2s.shareLink(id), k2s.shareLink(file))) {
            assertTrue(link.endsWith("/file/$id"), link)
        }
        val to = local.resolve("copy")
        k2s.download(path, to)
        assertContentEquals(content, Files.readAllBytes(to))
        k2s.download(id, to, overwrite = true)
        k2s.download(file, to, overwrite = true)
        for (stream in listOf(k2s.downloadStream(path), k2s.downloadStream(id), k2s.downloadStream(file))) {
            assertContentEquals(content, stream.use { it.readAll() })
        }
        assertEquals(listOf("/docs"), k2s.list().toList().map { it.path })
    }

    @Test
    fun `moving, renaming, deleting`() = withClient { _, k2s ->
        k2s.makeFolder("from")
        val to = k2s.makeFolder("to")
        val toId = assertNotNull(to.id)
        val files = (1..4).map { k2s.put("file $it.bin", "/from") }
        val moved = listOf(
            k2s.move("/from/file 1.bin", "/to"),
            k2s.move(files[1], toId),
            k2s.move(assertNotNull(files[2].id), to),
            k2s.move(files[3], to),
        )
        assertEquals(files.map { it.id }, moved.map { it.id })
        assertEquals("/to/$oddName", k2s.rename("/to/file 1.bin", oddName).path)
        assertEquals("second.bin", k2s.rename(assertNotNull(files[1].id), "second.bin").name)
        assertEquals("/to/third.bin", k2s.rename(moved[2], "third.bin").path)
        k2s.delete("/to/$oddName")
        k2s.delete(assertNotNull(files[1].id))
        k2s.delete(files[2])
        assertEquals(listOf("file 4.bin"), k2s.list(to).toList().map { it.name })
        assertEquals(ErrorKind.NOT_FOUND, failure { k2s.delete(files[2]) }.kind)
        assertEquals(ErrorKind.NOT_FOUND, failure { k2s.stat("/to/$oddName") }.kind)
    }

    @Test
    fun `what goes wrong has its kind`() = withClient { world, k2s ->
        val twins = listOf(k2s.put("twice.bin"), k2s.put("twice.bin"))
        val conflict = failure { k2s.stat("/twice.bin") }
        assertEquals(ErrorKind.CONFLICT, conflict.kind)
        assertEquals(twins.map { it.id }, conflict.items.map { it.id })
        k2s.makeFolder("docs")
        assertEquals(ErrorKind.ALREADY_EXISTS, failure { k2s.makeFolder("docs") }.kind)
        assertEquals(ErrorKind.NOT_FOUND, failure { k2s.stat("/docs/nothing") }.kind)
        assertEquals(ErrorKind.NOT_SUPPORTED, failure { k2s.shareLink("/") }.kind)
        val before = world.requests().size
        val stranger = Entry(id = "abc", name = "strange", isFolder = true, service = "yetishare")
        val wrong = listOf<suspend () -> Any?>(
            { k2s.stat(stranger) },
            { k2s.upload(Source.of(content), stranger, "a.bin") },
            { k2s.download(stranger, local) },
            { k2s.downloadStream(stranger) },
            { k2s.list(stranger).toList() },
            { k2s.stat("/docs/../docs") },
            { k2s.rename("/docs", "a/b") },
            { k2s.delete("") },
            { k2s.remoteUpload("no address") },
        )
        for (call in wrong) assertEquals(ErrorKind.INVALID_ARGUMENT, failure(call).kind)
        assertEquals(before, world.requests().size)
    }

    @Test
    fun `a remote upload is waited for`() = withClient { world, k2s ->
        val films = k2s.makeFolder("films")
        val url = k2s.source()
        val events = mutableListOf<Progress>()
        val stored = k2s.remoteUpload(url, "/films") { events += it }
        assertEquals("source.bin" to 7L, stored.name to stored.size)
        assertEquals(Phase.DONE to 1.0, events.last().phase to events.last().fraction)
        k2s.remoteUpload(url, films)
        assertEquals(2, k2s.list(films).toList().size)
        val refused = failure { k2s.remoteUpload("https://example.com/a.bin") }
        assertEquals(ErrorKind.REJECTED to "remote_upload_rejected", refused.kind to refused.name)
        world.fault("status", "download", "status" to 404)
        val failed = failure { k2s.remoteUpload(url) }
        assertEquals(ErrorKind.REJECTED to "remote_upload_failed", failed.kind to failed.name)
    }

    @Test
    fun `cancelling a remote upload ends the waiting`() = withClient { world, k2s ->
        world.settings("remote_pace" to JsonObject(mapOf("seconds" to JsonPrimitive(3600))))
        val url = k2s.source()
        coroutineScope {
            val waiting = async(Dispatchers.Default) { k2s.remoteUpload(url) }
            withContext(Dispatchers.IO) { world.requests("?wait_for=answered&operation=remoteUploadStatus") }
            waiting.cancel()
            waiting.join()
            assertTrue(waiting.isCancelled)
        }
        assertEquals("premium", k2s.account().plan)
    }

    @Test
    fun `the account is a verb and a group`() = withClient { _, k2s ->
        val account = k2s.account(CallOptions(deadline = 30.seconds))
        assertEquals("premium", account.plan)
        assertTrue(assertNotNull(account.expires) > Instant.now())
        assertEquals(account.trafficLeft, k2s.account.accountInfo().availableTraffic)
    }

    @Test
    fun `what is told without sending`() = withClient { world, k2s ->
        val can = k2s.capabilities()
        assertTrue("remote_upload" in can.verbs)
        assertEquals(listOf(true, true, false), listOf(can.hashUpload, can.ranges, can.paths))
        val link = assertNotNull(parseLink("https://k2s.cc/file/5F0C2B7E41A3D/movie.mp4"))
        assertEquals(listOf("keep2share", "5f0c2b7e41a3d", "k2s.cc"), listOf(link.service, link.id, link.host))
        assertEquals(LinkKind.FILE, link.kind)
        for (other in listOf("https://example.com/file/5f0c2b7e41a3d", "no address", "")) assertNull(parseLink(other))
        assertEquals(emptyList(), world.requests())
    }

    @Test
    fun `a client by the name of its service`() = inWorld { world ->
        val key = mapOf("access_token" to world.account("premium").accessToken)
        ServiceClient.open("keep2share", key, baseUrl = world.baseUrl, rate = 0.0).use { client ->
            assertIs<Keep2Share>(client)
            val common: ServiceClient = client
            val folder = common.makeFolder("docs")
            val file = common.upload(Source.of(content), folder, "a.bin")
            assertContentEquals(content, common.downloadStream(file).use { it.readAll() })
            assertEquals(1, common.list("/docs").toList().size)
        }
        val wrong = listOf<suspend () -> Any?>(
            { ServiceClient.open("nobody") },
            { ServiceClient.open("keep2share", mapOf("no_option" to "x")) },
            { ServiceClient.open("keep2share", pollInterval = (-1).seconds) },
        )
        for (call in wrong) assertEquals(ErrorKind.INVALID_ARGUMENT, failure(call).kind)
    }
}
