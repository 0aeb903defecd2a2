package dev.fileferry.conformance

import dev.fileferry.Field
import dev.fileferry.Source
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.io.File
import java.math.BigDecimal
import java.nio.file.Path
import java.time.Instant
import java.time.LocalDateTime
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** Makes a native value of a case's JSON. */
internal fun interface Arg<out T> {
    fun of(json: JsonElement): T
}

/** What a case gives as arguments. */
internal class Given(private val members: JsonObject) {
    private val used = mutableSetOf<String>()

    fun <T> required(name: String, arg: Arg<T>): T {
        val json = requireNotNull(member(name)) { "the case gives no `$name`, which Kotlin cannot leave out" }
        return arg.of(json)
    }

    fun <T : Any> nullable(name: String, arg: Arg<T>): T? = member(name)?.takeIf { it != JsonNull }?.let(arg::of)

    fun <T : Any> optional(name: String, arg: Arg<T>): T? = nullable(name, arg)

    fun <T : Any> field(name: String, arg: Arg<T>): Field<T> = when (val json = member(name)) {
        null -> Field.Omitted
        JsonNull -> Field(null)
        else -> Field(arg.of(json))
    }

    /** A case that names something else asks for what this runner would silently not do. */
    fun checkAllUsed() {
        val rest = members.keys - used
        check(rest.isEmpty()) { "the case gives $rest, which nothing takes" }
    }

    private fun member(name: String): JsonElement? {
        used += name
        return members[name]
    }
}

internal object Args {
    val text = Arg { json ->
        val primitive = json.jsonPrimitive
        require(primitive.isString) { "$json is no text" }
        primitive.content
    }

    /** The word of an open enum. */
    val word = Arg { it.jsonPrimitive.content }
    val bool = Arg { it.jsonPrimitive.boolean }
    val int = Arg { it.jsonPrimitive.int }
    val long = Arg { it.jsonPrimitive.long }
    val double = Arg { it.jsonPrimitive.double }
    val decimal = Arg { BigDecimal(it.jsonPrimitive.content) }
    val instant = Arg { Instant.parse(text.of(it)) }
    val localTime = Arg { LocalDateTime.parse(text.of(it)) }
    val json = Arg { it }
    val jsonObject = Arg { it.jsonObject }
    val seconds: Arg<Duration> = Arg { it.jsonPrimitive.double.seconds }
    val path: Arg<Path> = Arg { Path.of(fileName(it)) }

    /** A file of the case, handed over as the case says. */
    val source = Arg { json ->
        val file = File(fileName(json))
        when (val way = (json.jsonObject["as"] ?: JsonPrimitive("path")).jsonPrimitive.content) {
            "path" -> Source.of(file.toPath())
            "bytes" -> Source.of(file.readBytes())
            "stream" -> Source.of(file.inputStream(), file.length())
            else -> error("there is no way to hand a file over as $way")
        }
    }

    fun <T> list(item: Arg<T>): Arg<List<T>> = Arg { json -> json.jsonArray.map(item::of) }

    fun <T> map(value: Arg<T>): Arg<Map<String, T>> = Arg { json -> json.jsonObject.mapValues { value.of(it.value) } }

    fun <T : Any> nullable(inner: Arg<T>): Arg<T?> = Arg { json -> if (json == JsonNull) null else inner.of(json) }

    fun <A, B> pair(first: Arg<A>, second: Arg<B>): Arg<Pair<A, B>> = Arg { json ->
        Pair(first.of(json.jsonArray[0]), second.of(json.jsonArray[1]))
    }

    fun <A, B, C> triple(first: Arg<A>, second: Arg<B>, third: Arg<C>): Arg<Triple<A, B, C>> = Arg { json ->
        Triple(first.of(json.jsonArray[0]), second.of(json.jsonArray[1]), third.of(json.jsonArray[2]))
    }

    /** A path as the case writes it: plain, or marked as a file of the case. */
    private fun fileName(json: JsonElement): String =
        if (json is JsonObject) text.of(json.getValue("\$path")) else text.of(json)

    fun <T> model(make: Given.() -> T): Arg<T> = Arg { json ->
        val given = Given(json.jsonObject)
        given.make().also { given.checkAllUsed() }
    }
}
