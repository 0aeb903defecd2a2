package dev.fileferry.conformance

import dev.fileferry.ByteStream
import dev.fileferry.Captcha
import dev.fileferry.FileFerryException
import dev.fileferry.ItemResult
import dev.fileferry.Model
import dev.fileferry.OneOf
import dev.fileferry.OpenEnum
import dev.fileferry.SubError
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.math.BigDecimal
import java.security.MessageDigest
import java.time.Instant
import java.time.LocalDateTime
import java.time.format.DateTimeFormatter
import kotlin.time.Duration

// What is seen of a result: each value with the type that it has in Kotlin.

internal suspend fun observe(value: Any?): JsonElement = when (value) {
    null, Unit -> JsonObject(mapOf("type" to JsonPrimitive("null")))
    is JsonElement -> leaf("json", value)
    is Model -> withExtra(observeModel(value), value.extra)
    is OneOf -> withVariant(observe(value.value), value.variant)
    is OpenEnum -> leaf("enum", JsonPrimitive(value.value))
    is String -> leaf("text", JsonPrimitive(value))
    is Boolean -> leaf("bool", JsonPrimitive(value))
    is Long -> leaf("int", JsonPrimitive(value))
    is Double -> leaf("number", JsonPrimitive(value))
    is BigDecimal -> leaf("decimal", JsonPrimitive(value.toPlainString()))
    is Instant -> leaf("instant", JsonPrimitive(value.toString()))
    is LocalDateTime -> leaf("local_time", JsonPrimitive(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(value)))
    is ByteArray -> leaf("bytes", digestOf(value))
    is ByteStream -> observeStream(value)
    is List<*> -> JsonArray(value.map { observe(it) })
    is Map<*, *> -> JsonObject(value.entries.associate { (key, item) -> key as String to observe(item) })
    is Pair<*, *> -> JsonArray(value.toList().map { observe(it) })
    is Triple<*, *, *> -> JsonArray(value.toList().map { observe(it) })
    else -> error("nobody expects a ${value::class}")
}

/** A model's public properties by the service's own names. */
internal suspend fun observed(vararg properties: Pair<String, Any?>): JsonObject =
    JsonObject(properties.associate { (name, value) -> name to observe(value) })

private fun leaf(type: String, value: JsonElement) = JsonObject(mapOf("type" to JsonPrimitive(type), "value" to value))

private fun withExtra(members: JsonObject, extra: Map<String, JsonElement>) =
    if (extra.isEmpty()) members else JsonObject(members + ("\$extra" to leaf("json", JsonObject(extra))))

private fun withVariant(content: JsonElement, variant: String): JsonElement {
    val name = "\$variant" to leaf("text", JsonPrimitive(variant))
    return when {
        content is JsonObject && content["type"] !is JsonPrimitive -> JsonObject(content + name)
        else -> JsonObject(mapOf(name, "value" to content))
    }
}

private suspend fun observeStream(stream: ByteStream): JsonElement = stream.use {
    observed("media_type" to it.mediaType, "length" to it.length, "body" to it.readAll())
}

private fun digestOf(bytes: ByteArray): JsonObject {
    val digest = MessageDigest.getInstance("SHA-256").digest(bytes).joinToString("") { "%02x".format(it) }
    return JsonObject(mapOf("length" to JsonPrimitive(bytes.size), "sha256" to JsonPrimitive(digest)))
}

/** The error record, read from the exception's public properties. */
internal fun observeError(error: FileFerryException): JsonObject = JsonObject(
    mapOf(
        "class" to JsonPrimitive(error.javaClass.simpleName),
        "kind" to JsonPrimitive(error.kind.value),
        "service" to JsonPrimitive(error.service),
        "operation" to JsonPrimitive(error.operation),
        "service_code" to JsonPrimitive(error.serviceCode),
        "name" to JsonPrimitive(error.name),
        "http_status" to JsonPrimitive(error.httpStatus),
        "message" to JsonPrimitive(error.message),
        "retryable" to JsonPrimitive(error.isRetryable),
        "retry_after_ms" to milliseconds(error.retryAfter),
        "attempts" to JsonPrimitive(error.attempts),
        "details" to JsonObject(
            mapOf(
                "captcha" to (error.captcha?.let(::captcha) ?: JsonNull),
                "sub_errors" to JsonArray(error.subErrors.map(::subError)),
                "items" to JsonArray(error.items.map(::itemResult)),
                "json_path" to JsonPrimitive(error.jsonPath),
            ),
        ),
        "causes" to JsonArray(error.causes.map(::JsonPrimitive)),
    ),
)

private fun captcha(captcha: Captcha) = JsonObject(
    mapOf(
        "kind" to JsonPrimitive(captcha.kind),
        "challenge" to JsonPrimitive(captcha.challenge),
        "url" to JsonPrimitive(captcha.url),
    ),
)

private fun subError(error: SubError) = JsonObject(
    mapOf(
        "code" to JsonPrimitive(error.code),
        "message" to JsonPrimitive(error.message),
        "wait_ms" to milliseconds(error.wait),
    ),
)

private fun itemResult(item: ItemResult) = JsonObject(
    mapOf(
        "id" to JsonPrimitive(item.id),
        "index" to JsonPrimitive(item.index),
        "ok" to JsonPrimitive(item.ok),
        "code" to JsonPrimitive(item.code),
        "message" to JsonPrimitive(item.message),
    ),
)

private fun milliseconds(time: Duration?) = JsonPrimitive(time?.inWholeMilliseconds)
