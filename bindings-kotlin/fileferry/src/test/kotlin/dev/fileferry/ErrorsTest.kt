package dev.fileferry

import dev.fileferry.internal.Connection
import dev.fileferry.internal.Handlers
import kotlinx.coroutines.flow.toList
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Test
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.ObjectInputStream
import java.io.ObjectOutputStream
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class ErrorsTest {
    @Test
    fun `an error of the service keeps all its fields`() = inWorld { world ->
        val wait = mapOf("code" to 5, "message" to "wait", "timeRemaining" to 1200).mapValues { (_, value) ->
            if (value is Int) JsonPrimitive(value) else JsonPrimitive(value.toString())
        }
        world.fault(
            "error",
            "getUrl",
            "code" to 42,
            "http_status" to 406,
            "message" to "Downloading is not possible",
            "errors" to JsonArray(listOf(JsonObject(wait))),
        )
        val error = world.client().use { failure { it.downloads.getUrl("5f0c2b7e41a3d") } }
        assertEquals(ErrorKind.WAIT_REQUIRED, error.kind)
        assertEquals("keep2share", error.service)
        assertEquals("downloads.getUrl", error.operation)
        assertEquals("42", error.serviceCode)
        assertEquals("download_waiting", error.name)
        assertEquals(406, error.httpStatus)
        assertEquals(1200.seconds, error.retryAfter)
        assertTrue(error.isRetryable)
        assertEquals(1, error.attempts)
        assertEquals(listOf(SubError("5", "wait", 1200.seconds)), error.subErrors)
        assertEquals(emptyList(), error.items)
        assertNull(error.captcha)
        assertNull(error.jsonPath)
        assertTrue("Downloading is not possible" in error.message.orEmpty())
        assertEquals(error.toJson(), FileFerryException.fromJson(error.toJson()).toJson())
    }

    @Test
    fun `a captcha that is needed is told`() = inWorld { world ->
        val account = world.account("captcha")
        val error = Keep2Share(baseUrl = world.baseUrl).use { k2s ->
            failure { k2s.auth.login(account.username, account.password) }
        }
        assertEquals(ErrorKind.CAPTCHA_REQUIRED, error.kind)
        assertEquals("image", error.captcha?.kind)
    }

    @Test
    fun `an answer that cannot be read says where`() = inWorld { world ->
        world.fault(
            "body",
            "createFolder",
            "body" to """{"status":"success","code":201}""",
            "content_type" to "application/json",
        )
        val error = world.client().use { failure { it.files.createFolder("abc") } }
        assertEquals(ErrorKind.INVALID_ANSWER, error.kind)
        assertEquals("$.id", error.jsonPath)
    }

    @Test
    fun `a network that is not there is told with its causes`() = inWorld { world ->
        Keep2Share(
            accessToken = "t",
            baseUrl = "http://127.0.0.1:1/api",
            maxAttempts = 2,
            backoff = 1.milliseconds,
        ).use {
            val error = failure { it.account.accountInfo() }
            assertEquals(ErrorKind.NETWORK, error.kind)
            assertEquals(2, error.attempts)
            assertTrue(error.isRetryable)
            assertTrue(error.causes.isNotEmpty())
            assertTrue(error.causes.first() in error.message.orEmpty())
        }
        assertEquals(emptyList(), world.requests())
    }

    @Test
    fun `kinds that are not known yet are kept`() {
        val error = FileFerryException.fromJson("""{"kind": "moon_phase", "message": "no"}""")
        assertEquals(ErrorKind("moon_phase"), error.kind)
        assertEquals("no", error.message)
    }

    @Test
    fun `an error survives Java's serialization`() = inWorld { world ->
        val error = Keep2Share(accessToken = "wrong", baseUrl = world.baseUrl).use {
            failure { it.account.accountInfo() }
        }
        val bytes = ByteArrayOutputStream()
        ObjectOutputStream(bytes).use { it.writeObject(error) }
        val copy = ObjectInputStream(ByteArrayInputStream(bytes.toByteArray())).readObject() as FileFerryException
        assertEquals(error.toJson(), copy.toJson())
        assertEquals(error.kind, copy.kind)
    }

    @Test
    fun `a panic in the native library is an internal error and leaves the client usable`() = inWorld { world ->
        world.client().use { k2s ->
            val error = failure {
                k2s.connection.callForNothing("_panic", JsonObject(emptyMap()), CallOptions.Default)
            }
            assertEquals(ErrorKind.INTERNAL, error.kind)
            assertEquals("a defect in fileferry stopped the call", error.message)
            k2s.account.accountInfo()
        }
    }

    @Test
    fun `a panic that no call waits for is an internal error too`() = inWorld { world ->
        val made = failure { Connection("_panic", JsonObject(emptyMap()), null, Handlers(null, null, null)) }
        assertEquals(ErrorKind.INTERNAL, made.kind)
        assertEquals("a defect in fileferry stopped the call", made.message)
        world.client().use { k2s ->
            val pages = k2s.connection.pages("_panic", JsonObject(emptyMap()), CallOptions.Default, Entry.reader)
            assertEquals(ErrorKind.INTERNAL, failure { pages.toList() }.kind)
            k2s.account.accountInfo()
        }
    }
}
