package dev.fileferry

import dev.fileferry.keep2share.Access
import dev.fileferry.keep2share.FileSort
import dev.fileferry.keep2share.ItemType
import dev.fileferry.keep2share.SortOrder
import dev.fileferry.keep2share.StorageObject
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.Test
import java.time.Instant
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

class OperationsTest {
    @Test
    fun `accountInfo tells traffic and the end of the subscription`() = inWorld { world ->
        world.client().use { k2s ->
            val info = k2s.account.accountInfo()
            assertTrue(assertNotNull(info.availableTraffic) > 0)
            assertTrue(assertNotNull(info.accountExpires) > Instant.now())
        }
        world.client(world.account("free")).use { assertNull(it.account.accountInfo().accountExpires) }
    }

    @Test
    fun `login gives a token of its own`() = inWorld { world ->
        val account = world.account("free")
        Keep2Share(baseUrl = world.baseUrl).use { k2s ->
            val token = k2s.auth.login(account.username, account.password).authToken
            assertTrue(token.isNotEmpty())
        }
    }

    @Test
    fun `folders and files are made, listed and deleted`() = inWorld { world ->
        world.client().use { k2s ->
            val folder = k2s.files.createFolder("photos", parent = "/", access = Access.PRIVATE).id
            val file = k2s.upload(Source.of("hello".encodeToByteArray()), folder, name = "hello.txt")

            val listed = k2s.files.getFilesList(parent = folder, extendedInfo = true).files.single()
            assertEquals(file.id, listed.id)
            assertEquals("hello.txt", listed.name)
            assertEquals(5, listed.size)
            assertEquals(false, listed.isFolder)
            assertEquals("5d41402abc4b2a76b9719d911017c592", listed.md5)
            assertEquals(StorageObject.AVAILABLE, listed.extendedInfo?.storageObject)
            assertNotNull(listed.dateCreated)

            assertEquals(2, k2s.files.deleteFiles(listOf(listed.id, folder)).deleted)
            assertEquals(emptyList(), k2s.files.getFilesList().files)
        }
    }

    @Test
    fun `a listing is sorted, filtered and cut as asked`() = inWorld { world ->
        val account = world.account("premium")
        world.files(account, "f{n}.bin", count = 3, size = 10)
        world.client(account).use { k2s ->
            k2s.files.createFolder("sub")
            val names = k2s.files.getFilesList(
                limit = 2,
                offset = 1,
                sort = FileSort(name = SortOrder.DESCENDING),
                type = ItemType.FILE,
            ).files.map { it.name }
            assertEquals(2, names.size)
            assertEquals(names.sortedByDescending { it }, names)
        }
        val body = world.requests().last().getValue("body").jsonObject
        assertEquals(JsonPrimitive(-1), body.getValue("sort").jsonObject["name"])
        assertEquals(JsonPrimitive("file"), body["type"])
    }

    @Test
    fun `null, nothing and a value are three requests`() = inWorld { world ->
        world.client().use { k2s ->
            k2s.files.getFilesList()
            k2s.files.getFilesList(parent = Field(null))
            k2s.files.getFilesList(parent = Field("/"))
            k2s.files.getFilesList(parent = Field.Omitted)
        }
        val parents = world.requests().map { it.getValue("body").jsonObject["parent"] }
        assertEquals(listOf(null, JsonNull, JsonPrimitive("/"), null), parents)
    }

    @Test
    fun `the pages of a listing are one flow`() = inWorld { world ->
        val account = world.account("premium")
        world.files(account, "page{n}.bin", count = 7)
        world.client(account).use { k2s ->
            val names = k2s.files.iterFilesList(parent = "/", limit = 3).map { it.name }
            assertEquals(7, names.toList().toSet().size)
            assertEquals(3, world.requests().size)
            // Each collector walks anew, and one that has enough sends no more requests.
            assertEquals(names.first(), names.take(2).first())
            assertEquals(5, world.requests().size)
        }
    }

    @Test
    fun `a captcha is asked for and its picture fetched`() = inWorld { world ->
        Keep2Share(baseUrl = world.baseUrl).use { k2s ->
            val captcha = k2s.auth.requestCaptcha()
            assertTrue(captcha.challenge in captcha.captchaUrl)
            k2s.auth.captcha(captcha.challenge).use { picture ->
                assertEquals("image/png", picture.mediaType)
                val bytes = picture.readAll()
                assertEquals(picture.length, bytes.size.toLong())
                assertContentEquals(byteArrayOf(0x89.toByte(), 0x50, 0x4e, 0x47), bytes.copyOf(4))
            }
            k2s.auth.captcha(captcha.challenge).use { picture ->
                val chunks = picture.chunks().toList()
                assertEquals(picture.length, chunks.sumOf { it.size }.toLong())
                assertEquals(0, picture.readAll().size)
            }
        }
    }

    @Test
    fun `getUrl gives a link and getUploadFormData a form`() = inWorld { world ->
        val account = world.account("premium")
        val id = world.files(account, "linked.bin", size = 20).single()
        world.client(account).use { k2s ->
            assertTrue(assertNotNull(k2s.downloads.getUrl(id).url).startsWith("http"))
            assertNotNull(k2s.uploads.getUploadFormData().formAction)
        }
    }

    @Test
    fun `a call's options are its own`() = inWorld { world ->
        world.client().use { k2s ->
            var heard: Pair<Int, Map<String, List<String>>>? = null
            k2s.account.accountInfo(CallOptions(onResponse = { status, headers -> heard = status to headers }))
            assertEquals(200, heard?.first)
            assertEquals(listOf("application/json"), heard?.second?.get("content-type"))

            world.fault("status", "accountInfo", "status" to 503, "times" to 5)
            val failed = failure { k2s.account.accountInfo(CallOptions(maxAttempts = 1)) }
            assertEquals(1, failed.attempts)

            world.clearFaults()
            world.fault("hold", "accountInfo")
            val late = failure { k2s.account.accountInfo(CallOptions(deadline = 0.2.seconds, maxAttempts = 1)) }
            assertEquals(ErrorKind.TIMEOUT, late.kind)
        }
    }

    @Test
    fun `extra parameters go where the operation's own go`() = inWorld(expectViolations = true) { world ->
        world.client().use { k2s ->
            failure { k2s.account.accountInfo(CallOptions(extra = mapOf("newer" to JsonPrimitive(true)))) }
        }
        assertEquals(JsonPrimitive(true), world.requests().single().getValue("body").jsonObject["newer"])
    }

    @Test
    fun `a request is repeated where that does no harm`() = inWorld { world ->
        world.client().use { k2s ->
            world.fault("status", "accountInfo", "status" to 503, "times" to 2)
            assertEquals(ErrorKind.UNAVAILABLE, failure { k2s.request("POST", "accountInfo") }.kind)
            assertNotNull(k2s.request("POST", "accountInfo", idempotent = true))
        }
        assertEquals(3, world.requests().size)
    }

    @Test
    fun `what is not described can be requested`() = inWorld { world ->
        world.client().use { k2s ->
            val answer = k2s.request("POST", "accountInfo")
            assertNotNull(answer?.jsonObject?.get("available_traffic"))
        }
    }
}
