package dev.fileferry

/** One of several answers that an operation may give; each of them is a type of its own, to be told apart by `when`. */
public interface OneOf {
    /** What the answer is called in the description of the service. */
    public val variant: String

    /** What it holds; null for an answer without content. */
    public val value: Any?

    /** The answer as JSON text, the same in every language of this library. It may hold secrets. */
    public fun toJson(): String = dev.fileferry.internal.toJson(this).toString()
}
