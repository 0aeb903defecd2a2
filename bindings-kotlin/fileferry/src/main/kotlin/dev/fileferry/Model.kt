package dev.fileferry

import dev.fileferry.internal.Shape
import dev.fileferry.internal.toJsonObject
import kotlinx.serialization.json.JsonElement

/**
 * An object of a service. Models compare by what they hold, print without secrets, and turn into JSON and back
 * (`toJson`, and `fromJson` of each type).
 */
public abstract class Model internal constructor(private val shape: Shape) {
    /** Members that the service sent and that are not described; also those that could not be read. */
    public abstract val extra: Map<String, JsonElement>

    /** The fields' values, in the order of the shape. */
    protected abstract fun values(): List<Any?>

    /** All fields as JSON text, the same in every language of this library. It may hold secrets. */
    public fun toJson(): String = toJsonObject(shape, values(), extra).toString()

    override fun equals(other: Any?): Boolean = this === other ||
        (other is Model && shape === other.shape && values() == other.values() && extra == other.extra)

    override fun hashCode(): Int = 31 * values().hashCode() + extra.hashCode()

    /** Names what is there; secrets are masked, and of [extra] only the names are shown. */
    override fun toString(): String = shape.describe(values(), extra.keys)

    internal fun toJsonElement(): JsonElement = toJsonObject(shape, values(), extra)
}
