package dev.fileferry

import java.time.Instant
import kotlin.time.Duration

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

    /** Over: signed in, or the download can begin. */
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

/**
 * Solves a captcha: gives the text of the answer, or null to give up. After a wrong answer it is asked again, three times
 * at most. A call that it makes itself and that needs this sign-in fails with `captcha_required`.
 */
public typealias CaptchaHandler = suspend (CaptchaQuestion) -> String?

/** Lets a person agree on a page: gives what the page showed (maybe an empty text), or null to give up. */
public typealias ConfirmHandler = suspend (Step.Confirm) -> String?
