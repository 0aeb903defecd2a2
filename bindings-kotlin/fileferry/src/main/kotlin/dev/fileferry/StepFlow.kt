package dev.fileferry

import dev.fileferry.ffi.FfiCancel
import dev.fileferry.ffi.FfiFlow
import dev.fileferry.internal.Handlers
import dev.fileferry.internal.Sessions
import dev.fileferry.internal.cancellable
import dev.fileferry.internal.parseStep

/**
 * A sign-in, or the way to a free download, that a program leads through at its own pace: look at [step], do what it asks
 * for, until it is [Step.Done]. One coroutine at a time uses it.
 */
public class StepFlow private constructor(private val native: FfiFlow, private val sessions: Sessions, first: Step) {
    /** What is to be done now. */
    public var step: Step = first
        private set

    /** The picture of the current captcha step. */
    public suspend fun image(): Image = cancellable { native.image(it) }.let { Image(it.bytes, it.mediaType) }

    /**
     * Answers the current captcha or confirm step and gives the next one. A wrong answer is a `captcha_invalid` error; the
     * flow then stands at a new captcha.
     */
    public suspend fun answer(text: String): Step = advance { native.answer(null, text, it) }

    /** Goes on after a wait step has passed. Too early, the next step is another wait. */
    public suspend fun proceed(): Step = advance { native.proceed(it) }

    /** Lets the time of a wait step pass and goes on. */
    public suspend fun waitOut(): Step = advance { native.waitOut(it) }

    /** Asks the program's handlers at each step until the flow is done, or at a step for which there is none. */
    internal suspend fun runThrough(handlers: Handlers) {
        var wrongAnswers = 0
        while (true) {
            when (val current = step) {
                is Step.Captcha -> {
                    val solve = handlers.onCaptcha ?: return
                    val text = solve(CaptchaQuestion(current, ::image))
                        ?: throw FileFerryException.of(ErrorKind.CAPTCHA_REQUIRED, "the captcha was not solved")
                    try {
                        answer(text)
                    } catch (error: FileFerryException) {
                        wrongAnswers += 1
                        if (error.kind != ErrorKind.CAPTCHA_INVALID || wrongAnswers == MAX_WRONG_ANSWERS) throw error
                    }
                }
                is Step.Confirm -> {
                    val confirm = handlers.onConfirm ?: return
                    val nobody = "nobody agreed on the page ${current.url}"
                    answer(confirm(current) ?: throw FileFerryException.of(ErrorKind.AUTHENTICATION_REQUIRED, nobody))
                }
                is Step.Wait -> advance { native.waitUnseen(it) }
                Step.Done -> return
                is Step.Unknown -> throw FileFerryException.of(
                    ErrorKind.NOT_SUPPORTED,
                    "the service asks for a step that this version does not know: ${current.name}",
                )
            }
        }
    }

    private suspend fun advance(next: suspend (FfiCancel) -> String): Step {
        step = try {
            taken(sessions, next)
        } catch (error: FileFerryException) {
            cancellable { native.step() }?.let { step = parseStep(it).step }
            throw error
        }
        sessions.tell()
        return step
    }

    override fun toString(): String = "StepFlow(step=$step)"

    internal companion object {
        private const val MAX_WRONG_ANSWERS = 3

        suspend fun begin(native: FfiFlow, sessions: Sessions): StepFlow {
            val first = taken(sessions) { native.start(it) }
            sessions.tell()
            return StepFlow(native, sessions, first)
        }

        /** Takes a step; its session is kept even where the coroutine is cancelled meanwhile. */
        private suspend fun taken(sessions: Sessions, next: suspend (FfiCancel) -> String): Step =
            cancellable { cancel -> parseStep(next(cancel)).also { sessions.keep(it.session) } }.step
    }
}
