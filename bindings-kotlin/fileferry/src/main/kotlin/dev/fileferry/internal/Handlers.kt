package dev.fileferry.internal

import dev.fileferry.CaptchaHandler
import dev.fileferry.ConfirmHandler

/** What a program gave a client to be asked or told. */
internal class Handlers(
    val onCaptcha: CaptchaHandler?,
    val onConfirm: ConfirmHandler?,
    val onSession: (suspend (String) -> Unit)?,
) {
    val canAnswer: Boolean get() = onCaptcha != null || onConfirm != null
}
