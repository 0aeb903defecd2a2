package dev.fileferry

/**
 * A word out of a set that a service may widen at any time. The words known today are constants of the companion of
 * each type; a word that is not among them is kept as it came.
 */
public interface OpenEnum {
    /** The word. */
    public val value: String
}
