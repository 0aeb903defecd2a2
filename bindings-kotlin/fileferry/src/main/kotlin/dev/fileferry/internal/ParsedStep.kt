package dev.fileferry.internal

import dev.fileferry.Step
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.longOrNull
import java.time.Instant
import java.time.temporal.ChronoUnit
import kotlin.time.Duration.Companion.milliseconds

/** A step, and the session that came with it. */
internal class ParsedStep(val step: Step, val session: String?)

/** A step as the native library writes it. */
internal fun parseStep(json: String): ParsedStep {
    val members = Json.parseToJsonElement(json).jsonObject
    fun text(name: String) = members[name]?.jsonPrimitive?.contentOrNull
    fun long(name: String) = members[name]?.jsonPrimitive?.longOrNull
    val step = when (val name = text("step").orEmpty()) {
        "captcha" -> Step.Captcha(text("kind"), text("challenge"), text("url"))
        "confirm" -> Step.Confirm(
            text("url").orEmpty(),
            text("user_code"),
            long("expires_at")?.let { Instant.EPOCH.plus(it, ChronoUnit.MICROS) },
        )
        "wait" -> Step.Wait((long("wait_ms") ?: 0).milliseconds)
        "done" -> Step.Done
        else -> Step.Unknown(name)
    }
    return ParsedStep(step, text("session"))
}
