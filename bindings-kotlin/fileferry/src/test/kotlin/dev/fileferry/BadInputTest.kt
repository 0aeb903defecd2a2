package dev.fileferry

import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds

class BadInputTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `arguments outside their limits are refused before anything is sent`() = inWorld { world ->
        world.client().use { k2s ->
            val calls = listOf<suspend () -> Any?>(
                { k2s.files.getFilesList(limit = 0) },
                { k2s.files.getFilesList(limit = 10_001) },
                { k2s.files.getFilesList(offset = -1) },
                { k2s.files.createFolder("") },
                { k2s.files.deleteFiles(emptyList()) },
                { k2s.downloads.getUrl("") },
            )
            for (call in calls) {
                val error = failure(call)
                assertEquals(ErrorKind.INVALID_ARGUMENT, error.kind)
                assertEquals(0, error.attempts)
            }
        }
        assertEquals(emptyList(), world.requests())
    }

    @Test
    fun `files that cannot be sent are told and nothing is sent`() = inWorld { world ->
        world.client().use { k2s ->
            assertEquals(ErrorKind.IO, failure { k2s.upload(folder.resolve("nowhere.bin")) }.kind)
            assertEquals(ErrorKind.INVALID_ARGUMENT, failure { k2s.upload(folder) }.kind)
        }
        assertTrue(world.requests().none { it.operation == "upload" })
    }

    @Test
    fun `a source with too few or too many bytes is refused`() = inWorld(expectViolations = true) { world ->
        world.client().use { k2s ->
            for (length in listOf(10L, 1000L)) {
                val source = Source.of(ByteArray(100).inputStream(), length)
                val error = failure { k2s.upload(source, name = "short.bin", options = CallOptions(maxAttempts = 1)) }
                assertTrue(error.kind in setOf(ErrorKind.CHANGED, ErrorKind.IO), "$length: ${error.toJson()}")
            }
            assertEquals(emptyList(), k2s.files.getFilesList().files)
        }
    }

    @Test
    fun `an unknown id is not found, and no file appears`() = inWorld { world ->
        world.client().use { k2s ->
            assertEquals(ErrorKind.NOT_FOUND, failure { k2s.download("0000000000000", folder.resolve("x")) }.kind)
            assertTrue(Files.list(folder).use { it.toList() }.isEmpty())
        }
    }

    @Test
    fun `an entry without an id cannot be fetched`() = inWorld { world ->
        val entry = Entry(name = "x", isFolder = false, service = "keep2share")
        world.client().use { k2s ->
            assertEquals(ErrorKind.INVALID_ARGUMENT, failure { k2s.download(entry, folder.resolve("x")) }.kind)
        }
        assertEquals(emptyList(), world.requests())
    }

    @Test
    fun `answers that are no answers are told`() = inWorld { world ->
        world.client().use { k2s ->
            for (fault in listOf("html", "half_json")) {
                world.fault(fault, "accountInfo", "times" to 9)
                val error = failure { k2s.account.accountInfo(CallOptions(maxAttempts = 1)) }
                assertTrue(
                    error.kind in setOf(ErrorKind.INVALID_ANSWER, ErrorKind.SERVER_ERROR),
                    "$fault: ${error.kind}",
                )
                world.clearFaults()
            }
            world.fault("glued_json", "accountInfo")
            k2s.account.accountInfo()
        }
    }

    @Test
    fun `an answer over the limit is too large`() = inWorld { world ->
        world.fault("long_json", "accountInfo", "size" to 200_000)
        val account = world.account("premium")
        Keep2Share(accessToken = account.accessToken, baseUrl = world.baseUrl, maxJson = 100_000).use { k2s ->
            assertEquals(ErrorKind.TOO_LARGE, failure { k2s.account.accountInfo() }.kind)
        }
    }

    @Test
    fun `a size with a fraction is kept aside`() = inWorld { world ->
        val account = world.account("premium")
        world.files(account, "a.bin", size = 5)
        val body = """{"status":"success","code":200,"files":[{"id":"a1","size":5.5}]}"""
        world.fault("body", "getFilesList", "body" to body, "content_type" to "application/json")
        world.client(account).use { k2s ->
            val file = k2s.files.getFilesList().files.single()
            assertNull(file.size)
            assertEquals("5.5", file.extra["size"].toString())
        }
    }

    @Test
    fun `clients refuse what cannot work`() {
        val attempts = listOf(
            { Keep2Share(accessToken = "line\nbreak") },
            { Keep2Share(accessToken = "t", baseUrl = "http://files.example/api") },
            { Keep2Share(accessToken = "t", baseUrl = "not an address") },
            { Keep2Share(accessToken = "t", connectTimeout = (-5).milliseconds) },
            { Keep2Share(host = "nobody") },
            { Keep2Share(session = "{") },
        )
        for (attempt in attempts) {
            val error = assertFailsWith<FileFerryException> { attempt() }
            assertEquals(ErrorKind.INVALID_ARGUMENT, error.kind)
            assertFalse("line\nbreak" in error.message.orEmpty())
        }
    }
}
