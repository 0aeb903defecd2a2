package dev.fileferry

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

class SignInTest {
    private fun World.unsigned(
        kind: String,
        onCaptcha: CaptchaHandler? = null,
        onSession: (suspend (String) -> Unit)? = null,
        session: String? = null,
    ): Keep2Share {
        val account = account(kind)
        return Keep2Share(
            username = account.username,
            password = account.password,
            baseUrl = baseUrl,
            rate = 0.0,
            onCaptcha = onCaptcha,
            onSession = onSession,
            session = session,
        )
    }

    @Test
    fun `signing in happens by itself and once`() = inWorld { world ->
        world.unsigned("premium").use { k2s ->
            assertNull(k2s.exportSession())
            k2s.account.accountInfo()
            k2s.account.accountInfo()
        }
        assertEquals(listOf("login", "accountInfo", "accountInfo"), world.requests().map { it.operation })
    }

    @Test
    fun `a session goes on in the next client`() = inWorld { world ->
        val told = mutableListOf<String>()
        world.unsigned("premium", onSession = { told += it }).use { it.account.accountInfo() }
        val session = told.single()
        Keep2Share(session = session, baseUrl = world.baseUrl).use { k2s ->
            k2s.account.accountInfo()
            assertEquals(session, k2s.exportSession())
        }
        assertEquals(1, world.requests("?operation=login").size)
    }

    @Test
    fun `a session that lapsed is renewed and told`() = inWorld { world ->
        val told = mutableListOf<String>()
        world.unsigned("premium", onSession = { told += it }).use { k2s ->
            k2s.account.accountInfo()
            world.expire("tokens")
            k2s.account.accountInfo()
            assertEquals(2, told.toSet().size)
            assertEquals(told.last(), k2s.exportSession())
        }
    }

    @Test
    fun `a program goes through a captcha step by step`() = inWorld { world ->
        world.unsigned("captcha").use { k2s ->
            val flow = k2s.signIn()
            val step = assertIs<Step.Captcha>(flow.step)
            assertEquals("image", step.kind)
            val image = flow.image()
            assertEquals("image/png", image.mediaType)
            assertTrue(image.bytes.size > 100)

            val wrong = failure { flow.answer("wrong") }
            assertEquals(ErrorKind.CAPTCHA_INVALID, wrong.kind)
            val next = assertIs<Step.Captcha>(flow.step)

            val solution = world.captchaAnswer(assertNotNull(next.challenge))
            assertEquals(Step.Done, flow.answer(solution))
            // What is over is not sent once more.
            val requests = world.requests().size
            assertEquals(ErrorKind.INVALID_ARGUMENT, failure { flow.answer(solution) }.kind)
            assertEquals(requests, world.requests().size)
            k2s.account.accountInfo()
        }
    }

    @Test
    fun `a handler is asked at the first call`() = inWorld { world ->
        var asked = 0
        val solve: CaptchaHandler = { question ->
            asked += 1
            assertTrue(question.image().bytes.isNotEmpty())
            if (asked == 1) "wrong" else world.captchaAnswer(assertNotNull(question.captcha.challenge))
        }
        world.unsigned("captcha", onCaptcha = solve).use { k2s ->
            k2s.account.accountInfo()
            k2s.account.accountInfo()
        }
        assertEquals(2, asked)
    }

    @Test
    fun `a handler that is always wrong is asked three times`() = inWorld { world ->
        var asked = 0
        val solve: CaptchaHandler = {
            asked += 1
            "wrong"
        }
        world.unsigned("captcha", onCaptcha = solve).use { k2s ->
            assertEquals(ErrorKind.CAPTCHA_INVALID, failure { k2s.account.accountInfo() }.kind)
        }
        assertEquals(3, asked)
    }

    @Test
    fun `a step without its handler is left to the program`() = inWorld { world ->
        val account = world.account("captcha")
        Keep2Share(account.username, account.password, baseUrl = world.baseUrl, onConfirm = { null }).use { k2s ->
            assertIs<Step.Captcha>(k2s.signIn().step)
            assertEquals(ErrorKind.CAPTCHA_REQUIRED, failure { k2s.account.accountInfo() }.kind)
        }
    }

    @Test
    fun `what came before a captcha is told as well`() = inWorld { world ->
        val statuses = mutableListOf<Int>()
        val solve: CaptchaHandler = { world.captchaAnswer(assertNotNull(it.captcha.challenge)) }
        world.unsigned("captcha", onCaptcha = solve).use { k2s ->
            k2s.account.accountInfo(CallOptions(onResponse = { status, _ -> statuses += status }))
        }
        assertEquals(listOf(406, 200), statuses)
    }

    @Test
    fun `a handler that makes a call which needs the sign-in gets its error`() = inWorld { world ->
        val refused = mutableListOf<ErrorKind>()
        var client: Keep2Share? = null
        val solve: CaptchaHandler = {
            refused += failure { withContext(Dispatchers.IO) { client?.account?.accountInfo() } }.kind
            world.captchaAnswer(assertNotNull(it.captcha.challenge))
        }
        world.unsigned("captcha", onCaptcha = solve).use { k2s ->
            client = k2s
            withTimeout(20.seconds) { k2s.account.accountInfo() }
            world.expire("tokens")
            withTimeout(20.seconds) { k2s.signIn() }
        }
        assertEquals(listOf(ErrorKind.CAPTCHA_REQUIRED, ErrorKind.CAPTCHA_REQUIRED), refused)
    }

    @Test
    fun `a page captcha is answered with its code`() = inWorld { world ->
        val solve: CaptchaHandler = { question ->
            assertEquals("page", question.captcha.kind)
            assertTrue(assertNotNull(question.captcha.url).startsWith("http"))
            world.captchaAnswer(assertNotNull(question.captcha.challenge))
        }
        world.unsigned("recaptcha", onCaptcha = solve).use { assertEquals(Step.Done, it.signIn().step) }
    }

    @Test
    fun `giving up is an error, and so is having no handler`() = inWorld { world ->
        world.unsigned("captcha", onCaptcha = { null }).use { k2s ->
            assertEquals(ErrorKind.CAPTCHA_REQUIRED, failure { k2s.account.accountInfo() }.kind)
        }
        world.unsigned("captcha").use { k2s ->
            assertEquals(ErrorKind.CAPTCHA_REQUIRED, failure { k2s.account.accountInfo() }.kind)
        }
    }

    @Test
    fun `an exception of a handler comes out as it is`() = inWorld { world ->
        class Impatient : Exception()
        world.unsigned("captcha", onCaptcha = { throw Impatient() }).use { k2s ->
            val thrown = runCatching { k2s.account.accountInfo() }.exceptionOrNull()
            assertIs<Impatient>(thrown)
        }
    }

    @Test
    fun `calls that need a captcha at once ask a person once`() = inWorld { world ->
        val asked = AtomicInteger()
        val solve: CaptchaHandler = {
            asked.incrementAndGet()
            world.captchaAnswer(assertNotNull(it.captcha.challenge))
        }
        world.unsigned("captcha", onCaptcha = solve).use { k2s ->
            coroutineScope { repeat(4) { launch { k2s.account.accountInfo() } } }
        }
        assertEquals(1, asked.get())
    }

    @Test
    fun `an upload from a stream survives the captcha that comes first`() = inWorld { world ->
        val content = ByteArray(500_000) { it.toByte() }
        val solve: CaptchaHandler = { world.captchaAnswer(assertNotNull(it.captcha.challenge)) }
        world.unsigned("captcha", onCaptcha = solve).use { k2s ->
            val entry = k2s.upload(Source.of(content.inputStream(), content.size.toLong()), name = "s.bin")
            assertEquals(500_000, entry.size)
        }
    }
}
