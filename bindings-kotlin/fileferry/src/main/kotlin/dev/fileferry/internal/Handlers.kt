package dev.fileferry.internal

import dev.fileferry.CaptchaHandler
import dev.fileferry.CaptchaQuestion
import dev.fileferry.ConfirmHandler
import dev.fileferry.ErrorKind
import dev.fileferry.FileFerryException
import dev.fileferry.Image
import dev.fileferry.Step

/** What a program gave a client to be asked or told. */
internal class Handlers(
    val onCaptcha: CaptchaHandler?,
    val onConfirm: ConfirmHandler?,
    val onSession: (suspend (String) -> Unit)?,
) {
    val canAnswer: Boolean get() = onCaptcha != null || onConfirm != null

    suspend fun answerTo(captcha: Step.Captcha, image: suspend () -> Image): String =
        onCaptcha?.invoke(CaptchaQuestion(captcha, image))
            ?: throw FileFerryException.of(ErrorKind.CAPTCHA_REQUIRED, "the captcha was not solved")

    suspend fun answerTo(confirm: Step.Confirm): String = onConfirm?.invoke(confirm)
        ?: throw FileFerryException.of(ErrorKind.AUTHENTICATION_REQUIRED, "nobody agreed on the page ${confirm.url}")
}
