package dev.fileferry.internal

/** What is the same in all objects of a model: its name and those of its fields. */
internal class Shape(
    private val name: String,
    val fields: List<String>,
    private val secrets: Set<String> = emptySet(),
) {
    fun describe(values: List<Any?>, extra: Set<String>): String {
        val parts = fields.zip(values).filter { it.second != null }.map { (field, value) ->
            if (field in secrets) "$field=***" else "$field=$value"
        }
        val rest = if (extra.isEmpty()) emptyList() else listOf("extra=$extra")
        return (parts + rest).joinToString(", ", "$name(", ")")
    }
}
