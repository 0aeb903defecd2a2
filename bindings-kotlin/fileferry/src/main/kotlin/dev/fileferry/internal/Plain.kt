package dev.fileferry.internal

import dev.fileferry.Field
import dev.fileferry.Model
import dev.fileferry.OneOf
import dev.fileferry.OpenEnum
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.math.BigDecimal
import java.time.Instant
import java.time.LocalDateTime
import java.time.format.DateTimeFormatter

// Typed values as plain JSON: the form in which arguments go in, and the form of `toJson`.

/** The arguments of a call. */
internal fun arguments(fill: Arguments.() -> Unit): JsonObject = JsonObject(Arguments().apply(fill).members)

/** The arguments of a call that has none. */
internal val NO_ARGUMENTS = JsonObject(emptyMap())

internal class Arguments {
    val members = LinkedHashMap<String, JsonElement>()

    /** An argument that is always sent; null is sent as null. */
    fun required(name: String, value: Any?) {
        members[name] = toJson(value)
    }

    /** An argument that is left out when it is null. */
    fun optional(name: String, value: Any?) {
        if (value != null) members[name] = toJson(value)
    }

    /** An argument with three states. */
    fun field(name: String, field: Field<*>) {
        if (field.isGiven) members[name] = toJson(field.value)
    }
}

internal fun toJsonObject(shape: Shape, values: List<Any?>, extra: Map<String, JsonElement>): JsonObject {
    val members = LinkedHashMap<String, JsonElement>()
    shape.fields.zip(values) { field, value -> if (value != null) members[field] = toJson(value) }
    // A field of that name has it first.
    val others = if ("extra" in shape.fields) "_extra" else "extra"
    if (extra.isNotEmpty()) members[others] = JsonObject(extra)
    return JsonObject(members)
}

internal fun toJson(value: Any?): JsonElement = when (value) {
    null -> JsonNull
    is JsonElement -> value
    is Model -> value.toJsonElement()
    is OneOf -> JsonObject(mapOf(value.variant to toJson(value.value)))
    is OpenEnum -> JsonPrimitive(value.value)
    is String -> JsonPrimitive(value)
    is Boolean -> JsonPrimitive(value)
    is Number -> if (value is BigDecimal) JsonPrimitive(value.toPlainString()) else JsonPrimitive(value)
    is Instant -> JsonPrimitive(value.toString())
    // `toString` leaves out seconds that are zero.
    is LocalDateTime -> JsonPrimitive(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(value))
    is List<*> -> JsonArray(value.map(::toJson))
    is Map<*, *> -> JsonObject(value.entries.associate { (key, item) -> key.toString() to toJson(item) })
    is Pair<*, *> -> JsonArray(value.toList().map(::toJson))
    is Triple<*, *, *> -> JsonArray(value.toList().map(::toJson))
    else -> error("no description gives a ${value::class}")
}
