package dev.fileferry

import dev.fileferry.ffi.FfiFlow
import dev.fileferry.internal.cancellable
import dev.fileferry.internal.parseStep
import kotlinx.coroutines.delay
import java.time.Instant
import kotlin.time.Duration

/**
 * A sign-in that a program leads through at its own pace: look at [step], do what it asks for, until it is [Step.Done].
 * One coroutine at a time uses it.
 */
public class SignInFlow internal constructor(
    private val native: FfiFlow,
    private val onSession: suspend (String) -> Unit,
) {
    /** What is to be done now. */
    public var step: Step = Step.Unknown("start")
        private set

    /** The picture of the current captcha step. */
    public suspend fun image(): Image = cancellable { native.image(it) }.let { Image(it.bytes, it.mediaType) }

    /**
     * Answers the current captcha or confirm step and gives the next one. A wrong answer is a `captcha_invalid` error; the
     * flow then stands at a new captcha.
     */
    public suspend fun answer(text: String): Step = advance { native.answer(text, it) }

    /** Goes on after a wait step has passed. */
    public suspend fun proceed(): Step = advance { native.proceed(it) }

    internal suspend fun start(): Step = advance { native.start(it) }

    /** Asks the program's handlers at each step until the flow is done. */
    internal suspend fun runThrough(handlers: Handlers) {
        var wrongAnswers = 0
        while (true) {
            when (val current = step) {
                is Step.Captcha -> try {
                    answer(handlers.answerTo(current, ::image))
                } catch (error: FileFerryException) {
                    wrongAnswers += 1
                    if (error.kind != ErrorKind.CAPTCHA_INVALID || wrongAnswers == MAX_WRONG_ANSWERS) throw error
                }
                is Step.Confirm -> answer(handlers.answerTo(current))
                is Step.Wait -> {
                    delay(current.time)
                    proceed()
                }
                Step.Done -> return
                is Step.Unknown -> throw FileFerryException.of(
                    ErrorKind.NOT_SUPPORTED,
                    "signing in asks for a step that this version does not know: ${current.name}",
                )
            }
        }
    }

    private suspend fun advance(next: suspend (dev.fileferry.ffi.FfiCancel) -> String): Step {
        val json = try {
            cancellable(next)
        } catch (error: FileFerryException) {
            native.step()?.let { step = parseStep(it).step }
            throw error
        }
        val parsed = parseStep(json)
        step = parsed.step
        parsed.session?.let { onSession(it) }
        return step
    }

    override fun toString(): String = "SignInFlow(step=$step)"

    private companion object {
        const val MAX_WRONG_ANSWERS = 3
    }
}

/** What a flow asks for; an open set, so there is [Unknown]. */
public sealed interface Step {
    /** A captcha to solve. */
    public data class Captcha(
        /** `image` or `page`. */
        public val kind: String?,
        /** Its id for the service. */
        public val challenge: String?,
        /** Where a person sees it. */
        public val url: String?,
    ) : Step

    /** A page where a person agrees. */
    public data class Confirm(
        /** The page. */
        public val url: String,
        /** The code to enter there. */
        public val userCode: String?,
        /** When it lapses. */
        public val expiresAt: Instant?,
    ) : Step

    /** Time to let pass. */
    public data class Wait(
        /** How long. */
        public val time: Duration,
    ) : Step

    /** Over; signed in. */
    public data object Done : Step

    /** A step of a newer service. */
    public data class Unknown(
        /** What it is called. */
        public val name: String,
    ) : Step
}

/** A picture. */
public class Image(
    /** The picture's file. */
    public val bytes: ByteArray,
    /** `image/png` or the like, found from the bytes. */
    public val mediaType: String,
) {
    override fun toString(): String = "Image($mediaType, ${bytes.size} bytes)"
}

/** A captcha that a client's `onCaptcha` is asked to solve. */
public class CaptchaQuestion internal constructor(
    /** The captcha. */
    public val captcha: Step.Captcha,
    private val fetchImage: suspend () -> Image,
) {
    /** Its picture, where it has one. */
    public suspend fun image(): Image = fetchImage()

    override fun toString(): String = "CaptchaQuestion($captcha)"
}

/** Solves a captcha: gives the text of the answer, or null to give up. */
public typealias CaptchaHandler = suspend (CaptchaQuestion) -> String?

/** Lets a person agree on a page: gives what the page showed (maybe an empty text), or null to give up. */
public typealias ConfirmHandler = suspend (Step.Confirm) -> String?

/** What a program gave a client to be asked or told. */
internal class Handlers(
    val onCaptcha: CaptchaHandler?,
    val onConfirm: ConfirmHandler?,
    val onSession: (suspend (String) -> Unit)?,
) {
    val canSignIn: Boolean get() = onCaptcha != null || onConfirm != null

    suspend fun answerTo(captcha: Step.Captcha, image: suspend () -> Image): String =
        onCaptcha?.invoke(CaptchaQuestion(captcha, image))
            ?: throw FileFerryException.of(ErrorKind.CAPTCHA_REQUIRED, "the captcha was not solved")

    suspend fun answerTo(confirm: Step.Confirm): String = onConfirm?.invoke(confirm)
        ?: throw FileFerryException.of(ErrorKind.AUTHENTICATION_REQUIRED, "nobody agreed on the page ${confirm.url}")
}
