package dev.fileferry.internal

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.jsonObject
import java.math.BigDecimal
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.time.Instant
import java.time.LocalDateTime
import java.time.temporal.ChronoUnit

/**
 * An answer as the native library hands it over: checked, typed, and laid out so that it is read without parsing.
 *
 * An offset of 0 means absent or null. The layout is private to one build of the library; the fingerprint that is
 * compared when it is loaded guards that both sides agree.
 */
internal class Tape(private val bytes: ByteArray) {
    private val buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)

    /** Reads the whole answer; gives nothing where that is null and null is no value of its type. */
    fun <T> root(reader: Reader<T>): T? {
        val at = u32(0)
        return if (at == 0) reader.ofNull else reader.read(this, at)
    }

    // Offsets and counts are unsigned, but no array of the JVM is long enough for the sign to matter.
    fun u32(at: Int): Int = buffer.getInt(at)

    fun bool(at: Int): Boolean = bytes[at] != 0.toByte()

    fun long(at: Int): Long = buffer.getLong(at)

    fun double(at: Int): Double = buffer.getDouble(at)

    fun text(at: Int): String = String(bytes, at + Int.SIZE_BYTES, u32(at), Charsets.UTF_8)

    /** A time as `YYYY-MM-DDTHH:MM:SS`, with a fraction where there is one; read by place, as parsing takes far longer. */
    fun localTime(at: Int): LocalDateTime {
        val start = at + Int.SIZE_BYTES
        val length = u32(at)
        if (length != WHOLE_SECONDS) return LocalDateTime.parse(text(at))
        fun number(from: Int, digits: Int) = (0 until digits).fold(0) { sum, digit ->
            sum * 10 + (bytes[start + from + digit] - '0'.code)
        }
        return LocalDateTime.of(number(0, 4), number(5, 2), number(8, 2), number(11, 2), number(14, 2), number(17, 2))
    }

    /** Offset of the [index]-th entry of a table of offsets that begins at [at]. */
    fun offset(at: Int, index: Int): Int = u32(at + index * Int.SIZE_BYTES)

    private companion object {
        const val WHOLE_SECONDS = "YYYY-MM-DDTHH:MM:SS".length
    }
}

/** Makes a value of what lies at an offset. */
internal fun interface Reader<out T> {
    fun read(tape: Tape, at: Int): T

    /** What an answer that is null stands for. */
    val ofNull: T? get() = null
}

/** A model on a tape. */
internal class Record(private val tape: Tape, private val at: Int) {
    fun <T> required(field: Int, reader: Reader<T>): T = reader.read(tape, offset(field))

    fun <T : Any> optional(field: Int, reader: Reader<T>): T? {
        val offset = offset(field)
        return if (offset == 0) null else reader.read(tape, offset)
    }

    /** The unknown members, parsed when first asked for. */
    fun extra(): Map<String, JsonElement> {
        val offset = tape.u32(at)
        return if (offset == 0) emptyMap() else LazyObject(tape.text(offset))
    }

    private fun offset(field: Int): Int = tape.offset(at, field + 1)
}

/** Readers of everything that is not a type of one service. */
internal object Read {
    val bool = Reader { tape, at -> tape.bool(at) }
    val long = Reader { tape, at -> tape.long(at) }
    val double = Reader { tape, at -> tape.double(at) }
    val text = Reader { tape, at -> tape.text(at) }
    val decimal = Reader { tape, at -> BigDecimal(tape.text(at)) }
    val instant = Reader { tape, at -> Instant.EPOCH.plus(tape.long(at), ChronoUnit.MICROS) }
    val localTime = Reader { tape, at -> tape.localTime(at) }
    val json = object : Reader<JsonElement> {
        override val ofNull get() = JsonNull

        override fun read(tape: Tape, at: Int) = Json.parseToJsonElement(tape.text(at))
    }

    fun <T> model(make: Record.() -> T): Reader<T> = Reader { tape, at -> Record(tape, at).make() }

    fun <T> list(item: Reader<T>): Reader<List<T>> = Reader { tape, at ->
        List(tape.u32(at)) { index -> item.read(tape, tape.offset(at, index + 1)) }
    }

    fun <T> map(value: Reader<T>): Reader<Map<String, T>> = Reader { tape, at ->
        val count = tape.u32(at)
        buildMap(count) {
            for (index in 0 until count) {
                val key = tape.text(tape.offset(at, 2 * index + 1))
                put(key, value.read(tape, tape.offset(at, 2 * index + 2)))
            }
        }
    }

    /** An item of a list, map or tuple that may be null. */
    fun <T : Any> nullable(reader: Reader<T>): Reader<T?> = Reader { tape, at ->
        if (at == 0) null else reader.read(tape, at)
    }

    fun <A, B> pair(first: Reader<A>, second: Reader<B>): Reader<Pair<A, B>> = Reader { tape, at ->
        Pair(first.read(tape, tape.offset(at, 1)), second.read(tape, tape.offset(at, 2)))
    }

    fun <A, B, C> triple(first: Reader<A>, second: Reader<B>, third: Reader<C>): Reader<Triple<A, B, C>> =
        Reader { tape, at ->
            Triple(
                first.read(tape, tape.offset(at, 1)),
                second.read(tape, tape.offset(at, 2)),
                third.read(tape, tape.offset(at, 3)),
            )
        }

    /** One of several answers; [variants] stand in the order of the description. */
    fun <T> union(vararg variants: Reader<T>): Reader<T> = Reader { tape, at ->
        variants[tape.u32(at)].read(tape, tape.offset(at, 1))
    }
}

/** A JSON object that stays text until somebody looks into it. */
private class LazyObject(text: String) : AbstractMap<String, JsonElement>() {
    private val members by lazy(LazyThreadSafetyMode.PUBLICATION) { Json.parseToJsonElement(text).jsonObject }

    override val entries: Set<Map.Entry<String, JsonElement>> get() = members.entries
}
