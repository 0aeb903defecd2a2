package dev.fileferry

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

class FreeDownloadTest {
    @TempDir
    lateinit var folder: Path

    private fun World.free(
        margin: Duration? = null,
        cap: Duration? = null,
        onCaptcha: CaptchaHandler? = null,
    ): Keep2Share {
        val account = account("free")
        return Keep2Share(
            username = account.username,
            password = account.password,
            baseUrl = baseUrl,
            rate = 0.0,
            freeWaitMargin = margin,
            retryAfterCap = cap,
            onCaptcha = onCaptcha,
        )
    }

    private fun World.file() = files(account("premium"), "movie.bin", size = 3000).single()

    @Test
    fun `a free download goes step by step`() = inWorld { world ->
        val file = world.file()
        world.free().use { k2s ->
            assertEquals(ErrorKind.CAPTCHA_REQUIRED, failure { k2s.download(file, folder) }.kind)

            val flow = k2s.freeDownload("https://k2s.cc/file/$file/movie.bin")
            assertIs<Step.Captcha>(flow.step)
            assertEquals(ErrorKind.CAPTCHA_INVALID, failure { flow.answer("wrong") }.kind)
            val captcha = assertIs<Step.Captcha>(flow.step)
            assertEquals(Step.Wait(32.seconds), flow.answer(world.captchaAnswer(assertNotNull(captcha.challenge))))
            // Too early it is another wait, and nothing is lost.
            assertIs<Step.Wait>(flow.proceed())
            world.advance(31)
            assertEquals(Step.Done, flow.proceed())
            k2s.download(file, folder)
        }
        assertEquals(3000, Files.size(folder.resolve("movie.bin")))
    }

    @Test
    fun `a handler leads through a free download`() = inWorld { world ->
        val file = world.file()
        world.odd("time_wait_zero")
        var asked = 0
        val solve: CaptchaHandler = {
            asked += 1
            world.captchaAnswer(assertNotNull(it.captcha.challenge))
        }
        world.free(Duration.ZERO, onCaptcha = solve).use { k2s ->
            assertEquals(file, k2s.download(file, folder).id)
            var bytes = 0
            k2s.downloadStream(file).use { stream -> stream.chunks().collect { bytes += it.size } }
            assertEquals(3000, bytes)
        }
        assertEquals(1, asked, "the ticket is good for another link")
    }

    @Test
    fun `a wait that is too long for a handler or the call is an error at once`() = inWorld { world ->
        val file = world.file()
        val solve: CaptchaHandler = { world.captchaAnswer(assertNotNull(it.captcha.challenge)) }
        for ((cap, deadline) in listOf(1.seconds to 600.seconds, 600.seconds to 20.seconds)) {
            world.free(cap = cap, onCaptcha = solve).use { k2s ->
                val error = failure { k2s.download(file, folder, options = CallOptions(deadline = deadline)) }
                assertEquals(ErrorKind.WAIT_REQUIRED, error.kind)
                assertEquals(32.seconds, error.retryAfter)
            }
        }
    }

    @Test
    fun `cancelling ends the wait of a free download`() = inWorld { world ->
        val file = world.file()
        val solve: CaptchaHandler = { world.captchaAnswer(assertNotNull(it.captcha.challenge)) }
        world.free(onCaptcha = solve).use { k2s ->
            coroutineScope {
                val download = async { k2s.download(file, folder) }
                // The third one brings the ticket, and half a minute of wait.
                withContext(Dispatchers.IO) { world.requests("?wait_for=answered&operation=getUrl&count=3") }
                download.cancelAndJoin()
                assertTrue(download.isCancelled)
            }
        }
    }
}
