/** A program that does nothing: what is left of the others' time is theirs. */
fun main() = Unit
