package dev.fileferry

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.io.Serializable
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * The one error of this library. [kind] tells what the caller can do next; the other fields tell what happened.
 *
 * The message reads well for a person, holds the chain of causes, and shows no secret. Cancelling a coroutine gives a
 * `CancellationException`, as everywhere in Kotlin, and never this.
 */
public class FileFerryException private constructor(private val json: String, record: JsonObject, cause: Throwable?) :
    RuntimeException(messageOf(record), cause) {
    /** What the caller can do next. */
    public val kind: ErrorKind = ErrorKind(record.text("kind") ?: ErrorKind.INTERNAL.value)

    /** The service, where one was involved. */
    public val service: String? = record.text("service")

    /** Id of the operation. */
    public val operation: String? = record.text("operation")

    /** The service's code, exactly as it was sent. */
    public val serviceCode: String? = record.text("service_code")

    /** A precise name: `file_not_found`. */
    public val name: String? = record.text("name")

    /** HTTP status of the answer. */
    public val httpStatus: Int? = record.member("http_status")?.jsonPrimitive?.int

    /** Whether the same call may succeed later with nothing changed by the caller. */
    public val isRetryable: Boolean = record.member("retryable")?.jsonPrimitive?.boolean ?: false

    /** How long to wait before that. */
    public val retryAfter: Duration? = record.duration("retry_after_ms")

    /** How many requests the call made. */
    public val attempts: Int = record.member("attempts")?.jsonPrimitive?.int ?: 0

    /** The captcha to solve. */
    public val captcha: Captcha?

    /** Single failures that the server listed. */
    public val subErrors: List<SubError>

    /** What became of each item of a call on many. */
    public val items: List<ItemResult>

    /** Where an answer could not be read: `$.files[3].id`. */
    public val jsonPath: String?

    /** Texts of the causes, outermost first. */
    public val causes: List<String> = causesOf(record)

    init {
        val details = record.member("details")?.jsonObject ?: JsonObject(emptyMap())
        captcha = details.member("captcha")?.jsonObject?.let(Captcha::from)
        subErrors = details.members("sub_errors").map(SubError::from)
        items = details.members("items").map(ItemResult::from)
        jsonPath = details.text("json_path")
    }

    /** All fields as JSON, the same in every language of this library. */
    public fun toJson(): String = json

    public companion object {
        /** An exception from what [toJson] gave. */
        public fun fromJson(json: String): FileFerryException = fromJson(json, null)

        internal fun fromJson(json: String, cause: Throwable?): FileFerryException =
            FileFerryException(json, Json.parseToJsonElement(json).jsonObject, cause)

        internal fun of(kind: ErrorKind, message: String, cause: Throwable? = null): FileFerryException {
            val record = JsonObject(mapOf("kind" to JsonPrimitive(kind.value), "message" to JsonPrimitive(message)))
            return FileFerryException(record.toString(), record, cause)
        }

        private const val serialVersionUID = 1L
    }
}

/** A captcha that the service asks for; it names as much of it as the answer held. */
public data class Captcha(
    /** `image` or `page`. */
    public val kind: String?,
    /** Its id for the service. */
    public val challenge: String?,
    /** Where a person sees it. */
    public val url: String?,
) : Serializable {
    internal companion object {
        fun from(json: JsonObject) = Captcha(json.text("kind"), json.text("challenge"), json.text("url"))
    }
}

/** A single failure that the server listed. */
public data class SubError(
    /** As the server sent it. */
    public val code: String?,
    /** As the server sent it. */
    public val message: String?,
    /** How long to wait. */
    public val wait: Duration?,
) : Serializable {
    internal companion object {
        fun from(json: JsonObject) = SubError(json.text("code"), json.text("message"), json.duration("wait_ms"))
    }
}

/** What became of one item of a call on many. */
public data class ItemResult(
    /** Its id. */
    public val id: String?,
    /** Its place in what the caller gave. */
    public val index: Int,
    /** Whether it was done. */
    public val ok: Boolean,
    /** The server's code. */
    public val code: String?,
    /** The server's text. */
    public val message: String?,
) : Serializable {
    internal companion object {
        fun from(json: JsonObject) = ItemResult(
            id = json.text("id"),
            index = json.member("index")?.jsonPrimitive?.int ?: 0,
            ok = json.member("ok")?.jsonPrimitive?.boolean ?: false,
            code = json.text("code"),
            message = json.text("message"),
        )
    }
}

private fun messageOf(record: JsonObject): String =
    (listOf(record.text("message").orEmpty()) + causesOf(record)).joinToString(": ")

private fun causesOf(record: JsonObject): List<String> =
    record.member("causes")?.jsonArray?.map { it.jsonPrimitive.content } ?: emptyList()

private fun JsonObject.member(name: String): JsonElement? = get(name)?.takeIf { it != JsonNull }

private fun JsonObject.members(name: String): List<JsonObject> =
    member(name)?.jsonArray?.map { it.jsonObject } ?: emptyList()

private fun JsonObject.text(name: String): String? = member(name)?.jsonPrimitive?.content

private fun JsonObject.duration(name: String): Duration? = member(name)?.jsonPrimitive?.long?.milliseconds
