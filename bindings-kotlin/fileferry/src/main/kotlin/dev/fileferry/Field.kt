package dev.fileferry

/**
 * An argument that knows three states: left out ([Omitted]), sent as null (`Field(null)`), sent as a value
 * (`Field("name")`). Only parameters for which a service tells null and nothing apart have this type.
 */
public class Field<out T : Any> private constructor(internal val isGiven: Boolean, public val value: T?) {
    /** Sends [value], which may be null. */
    public constructor(value: T?) : this(true, value)

    override fun equals(other: Any?): Boolean = other is Field<*> && isGiven == other.isGiven && value == other.value

    override fun hashCode(): Int = 31 * isGiven.hashCode() + value.hashCode()

    /** Says which state it is; the value may be a secret and is not shown. */
    override fun toString(): String = when {
        !isGiven -> "Field.Omitted"
        value == null -> "Field(null)"
        else -> "Field(…)"
    }

    public companion object {
        /** The argument is not sent. */
        public val Omitted: Field<Nothing> = Field(false, null)
    }
}
