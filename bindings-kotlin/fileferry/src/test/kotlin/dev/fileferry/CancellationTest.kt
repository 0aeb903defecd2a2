package dev.fileferry

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.time.Duration.Companion.milliseconds

class CancellationTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `cancelling a job closes the socket of its call`() = inWorld { world ->
        world.client().use { k2s ->
            world.fault("hold", "accountInfo")
            coroutineScope {
                val call = async(Dispatchers.Default) { k2s.account.accountInfo() }
                withContext(Dispatchers.IO) { world.waitFor("held") }
                call.cancel()
                assertFailsWith<CancellationException> { call.await() }
                withContext(Dispatchers.IO) { world.waitFor("client_closed") }
            }
            k2s.account.accountInfo()
        }
    }

    @Test
    fun `a session outlives the call that made it`() = inWorld { world ->
        val told = mutableListOf<String>()
        val (username, password) = world.account("premium").let { it.username to it.password }
        Keep2Share(username, password, baseUrl = world.baseUrl, rate = 0.0, onSession = { told += it }).use { k2s ->
            world.fault("hold", "accountInfo")
            coroutineScope {
                val call = async(Dispatchers.Default) { k2s.account.accountInfo() }
                withContext(Dispatchers.IO) { world.waitFor("held") }
                call.cancel()
                assertFailsWith<CancellationException> { call.await() }
            }
            k2s.account.accountInfo()
            assertEquals(listOf(k2s.exportSession()), told)
        }
        assertEquals(1, world.requests("?operation=login").size)
    }

    @Test
    fun `a timeout of coroutines cancels too`() = inWorld { world ->
        world.client().use { k2s ->
            world.fault("hold", "accountInfo")
            assertNull(withTimeoutOrNull(200.milliseconds) { k2s.account.accountInfo() })
            world.waitFor("client_closed")
        }
    }

    @Test
    fun `a job that is cancelled already sends nothing`() = inWorld { world ->
        world.client().use { k2s ->
            coroutineScope {
                launch {
                    coroutineContext.cancelNow()
                    assertFailsWith<CancellationException> { k2s.account.accountInfo() }
                }
            }
        }
        assertEquals(emptyList(), world.requests())
    }

    @Test
    fun `leaving a flow of pages early leaves nothing open`() = inWorld { world ->
        val account = world.account("premium")
        world.files(account, "x{n}.bin", count = 5)
        world.client(account).use { k2s -> k2s.files.iterFilesList(limit = 2).first() }
        assertEquals(listOf(200), world.requests().map { it.status })
    }

    @Test
    fun `an upload that is cancelled closes its socket`() = inWorld { world ->
        world.client().use { k2s ->
            world.fault("hold", "upload", "at_byte" to 100_000)
            coroutineScope {
                val upload = launch(Dispatchers.Default) {
                    k2s.upload(Source.of(ByteArray(8_000_000)), name = "big.bin")
                }
                withContext(Dispatchers.IO) { world.waitFor("held") }
                upload.cancelAndJoin()
                withContext(Dispatchers.IO) { world.waitFor("client_closed") }
            }
            assertEquals(emptyList(), k2s.files.getFilesList().files)
        }
    }

    @Test
    fun `a download that is cancelled leaves nothing behind`() = inWorld { world ->
        val account = world.account("premium")
        val id = world.files(account, "big.bin", size = 4_000_000).single()
        world.client(account).use { k2s ->
            world.fault("slow_body", "download", "size" to 10_000, "latency_ms" to 20)
            coroutineScope {
                val begun = CompletableDeferred<Unit>()
                val download = launch(Dispatchers.Default) {
                    k2s.download(id, folder.resolve("big.bin")) { if (it.bytesDone > 0) begun.complete(Unit) }
                }
                begun.await()
                download.cancelAndJoin()
                // The job has ended, so everything is tidied up.
                assertEquals(emptyList(), Files.list(folder).use { it.toList() })
                withContext(Dispatchers.IO) { world.waitFor("client_closed") }
            }
        }
    }

    @Test
    fun `a stream whose reader is cancelled closes its socket`() = inWorld { world ->
        val account = world.account("premium")
        val id = world.files(account, "big.bin", size = 4_000_000).single()
        world.client(account).use { k2s ->
            world.fault("hold", "download", "at_byte" to 1_000_000)
            k2s.downloadStream(id).use { stream ->
                coroutineScope {
                    val reader = launch(Dispatchers.Default) { stream.readAll() }
                    withContext(Dispatchers.IO) { world.waitFor("held") }
                    reader.cancelAndJoin()
                    withContext(Dispatchers.IO) { world.waitFor("client_closed") }
                }
            }
        }
    }
}

private fun kotlin.coroutines.CoroutineContext.cancelNow() {
    checkNotNull(get(kotlinx.coroutines.Job)).cancel()
}
