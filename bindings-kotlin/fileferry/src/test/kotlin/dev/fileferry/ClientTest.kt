package dev.fileferry

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Test
import java.lang.ref.WeakReference
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class ClientTest {
    @Test
    fun `a closed client says so, as often as one likes`() = inWorld { world ->
        val k2s = world.client()
        assertFalse(k2s.isClosed)
        k2s.close()
        k2s.close()
        assertTrue(k2s.isClosed)
        assertEquals(ErrorKind.CLOSED, failure { k2s.account.accountInfo() }.kind)
        assertEquals(emptyList(), world.requests())
    }

    @Test
    fun `closing ends the calls under way`() = inWorld { world ->
        val k2s = world.client()
        world.fault("hold", "accountInfo")
        coroutineScope {
            val call = async(Dispatchers.Default) { failure { k2s.account.accountInfo() } }
            withContext(Dispatchers.IO) { world.waitFor("held") }
            k2s.close()
            assertEquals(ErrorKind.CLOSED, call.await().kind)
        }
        world.waitFor("client_closed")
    }

    @Test
    fun `two clients do not know each other`() = inWorld { world ->
        val premium = world.client()
        val free = world.client(world.account("free"))
        premium.files.createFolder("mine")
        assertEquals(emptyList(), free.files.getFilesList().files)
        free.close()
        assertEquals(1, premium.files.getFilesList().files.size)
        premium.close()
    }

    @Test
    fun `one client serves many coroutines at once`() = inWorld { world ->
        world.client().use { k2s ->
            coroutineScope {
                (1..50).map { async(Dispatchers.Default) { k2s.account.accountInfo() } }.awaitAll()
            }
        }
        assertEquals(50, world.requests().size)
    }

    @Test
    fun `a coroutine without a dispatcher leaves the library's own threads alone`() = inWorld { world ->
        world.client().use { k2s ->
            withContext(Dispatchers.Unconfined) {
                repeat(20) {
                    k2s.account.accountInfo()
                    assertFalse(Thread.currentThread().name.startsWith("fileferry"))
                }
            }
        }
    }

    @Test
    fun `a client that is dropped is collected`() = Emulator.world().use { world ->
        val dropped = dropClient(world)
        val collected = generateSequence { System.gc() }.take(200).any {
            // The collector works beside us and tells nobody when it is done.
            Thread.sleep(10)
            dropped.get() == null
        }
        assertTrue(collected)
    }

    /** In a call of its own, so that no coroutine that is still running holds the client. */
    private fun dropClient(world: World): WeakReference<Keep2Share> = runBlocking {
        val k2s = world.client()
        k2s.account.accountInfo()
        WeakReference(k2s)
    }

    @Test
    fun `the log tells of requests and of no secret`() = inWorld { world ->
        val account = world.account("premium")
        val entries = ConcurrentLinkedQueue<LogEntry>()
        val heard = CountDownLatch(1)
        Keep2Share(
            username = account.username,
            password = account.password,
            baseUrl = world.baseUrl,
            userAgent = "ferry-test/1",
            onLog = {
                entries += it
                if (it.operation == "account.accountInfo") heard.countDown()
            },
        ).use { k2s ->
            k2s.account.accountInfo()
            assertTrue(heard.await(10, TimeUnit.SECONDS))
            val session = k2s.exportSession().orEmpty()
            val token = Regex("\"auth_token\":\"([^\"]+)\"").find(session)?.groupValues?.get(1).orEmpty()
            assertTrue(token.isNotEmpty())
            val texts = entries.map { it.toString() } + k2s.toString() + k2s.account.toString()
            for (secret in listOf(account.password, token)) {
                assertTrue(texts.none { secret in it }, "$texts")
            }
        }
        assertTrue(world.requests().all { "ferry-test/1 fileferry/" in it.getValue("headers").toString() })
        assertTrue(world.requests().all { " kotlin" in it.getValue("headers").toString() })
    }

    @Test
    fun `secrets are in no printed form`() = inWorld { world ->
        val account = world.account("premium")
        val id = world.files(account, "s.bin", size = 9).single()
        world.client(account).use { k2s ->
            val url = k2s.downloads.getUrl(id)
            assertFalse(url.url.orEmpty() in url.toString())
            assertTrue("url=***" in url.toString(), "$url")
            val error = failure { k2s.auth.login("somebody@example.com", "a-planted-password") }
            assertFalse("a-planted-password" in error.toString() + error.toJson())
        }
        assertFalse("planted" in Field("planted").toString())
    }
}
