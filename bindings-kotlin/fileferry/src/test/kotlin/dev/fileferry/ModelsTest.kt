package dev.fileferry

import dev.fileferry.traps.Colour
import dev.fileferry.traps.Item
import dev.fileferry.traps.Level
import dev.fileferry.traps.OneOfAnswer
import dev.fileferry.traps.Self
import dev.fileferry.traps.Shapes
import dev.fileferry.traps.Tree
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Test
import java.math.BigDecimal
import java.time.Instant
import java.time.LocalDateTime
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue

/** Everything that the description made of traps can hold: as values, as JSON, and back. */
class ModelsTest {
    private val shapes = Shapes(
        must = "id-1",
        yesNo = true,
        whole = -7,
        big = 9_007_199_254_740_993,
        real = 0.25,
        money = BigDecimal("10.50"),
        words = "a \"text\" with ünïcode 🎬",
        colour = Colour.LIGHT_GREEN,
        level = Level("unheard-of"),
        seconds = Instant.ofEpochSecond(1_700_000_000),
        millis = Instant.ofEpochMilli(1_700_000_000_123),
        local = LocalDateTime.of(2024, 2, 29, 12, 0),
        anything = Json.parseToJsonElement("""{"deep": [1, null, {"x": "y"}]}"""),
        list = listOf(1, 2, 3),
        holes = listOf("a", null, "b"),
        oneOrMore = listOf(Item("one", 1)),
        map = mapOf("some key" to 5),
        pair = Triple("p", 4, Item("q")),
        short = Item("brief"),
        child = Shapes(must = "id-2"),
        children = listOf(Shapes(must = "id-3", whole = 3)),
        hidden = "never shown",
        nested = mapOf("n" to listOf(listOf(Item("deep")))),
        extra = mapOf("unheard" to JsonPrimitive("of")),
    )

    @Test
    fun `a model goes to JSON and back unchanged`() {
        val copy = Shapes.fromJson(shapes.toJson())
        assertEquals(shapes, copy)
        assertEquals(shapes.hashCode(), copy.hashCode())
        assertEquals(shapes.toJson(), copy.toJson())
        assertEquals(shapes.money, copy.money)
        assertEquals(JsonPrimitive("of"), copy.extra["unheard"])
    }

    @Test
    fun `models differ by each of their fields`() {
        val small = Item("a", 1)
        assertEquals(Item("a", 1), small)
        assertNotEquals(Item("b", 1), small)
        assertNotEquals(Item("a"), small)
        assertNotEquals(Item("a", 1, extra = mapOf("x" to JsonPrimitive(1))), small)
        assertNotEquals<Any>(Shapes(must = "a"), small)
    }

    @Test
    fun `what is printed names the fields and masks secrets`() {
        assertEquals("Item(name=a, count=1)", Item("a", 1).toString())
        assertTrue("hidden=***" in shapes.toString())
        assertTrue("never shown" !in shapes.toString())
        assertTrue("extra=[unheard]" in shapes.toString())
    }

    @Test
    fun `names that mean something elsewhere are only names`() {
        val self =
            Self(
                `class` = "a",
                `in` = 1,
                `fun` = true,
                hashCode = "h",
                toString = "t",
                extra2 = "e",
                _2nd = "2",
                größe = 3,
            )
        assertEquals(self, Self.fromJson(self.toJson()))
        assertEquals("t", self.toString)
        assertTrue("2nd=2" in self.toString())
    }

    @Test
    fun `models may contain themselves`() {
        val tree = Tree.fromJson("""{"root": {"leaf": "a", "tree": {"branches": [{"leaf": "b"}]}}}""")
        assertEquals("b", tree.root?.tree?.branches?.single()?.leaf)
        assertEquals(tree, Tree.fromJson(tree.toJson()))
    }

    @Test
    fun `one of several answers is told apart by its type`() {
        val created = OneOfAnswer.fromJson("""{"Created": {"name": "n"}}""")
        assertIs<OneOfAnswer.Created>(created)
        assertEquals(Item("n"), created.value)
        assertEquals("created", nameOf(created))
        for (answer in listOf(created, OneOfAnswer.Empty, OneOfAnswer.Other(shapes))) {
            assertEquals(answer, OneOfAnswer.fromJson(answer.toJson()))
        }
    }

    private fun nameOf(answer: OneOfAnswer) = when (answer) {
        is OneOfAnswer.Created -> "created"
        is OneOfAnswer.Progress -> "progress"
        OneOfAnswer.Empty -> "empty"
        is OneOfAnswer.Other -> "other"
    }

    @Test
    fun `words that are not known are kept`() {
        assertEquals("unheard-of", Shapes.fromJson(shapes.toJson()).level?.value)
        assertEquals("unheard-of", shapes.level.toString())
        assertEquals(Colour("light-green"), Colour.LIGHT_GREEN)
    }

    @Test
    fun `JSON that does not fit says where`() {
        val error = assertFailsWith<FileFerryException> { Shapes.fromJson("""{"must": "a", "child": {"whole": 1}}""") }
        assertEquals(ErrorKind.INVALID_ARGUMENT, error.kind)
        assertTrue("must" in error.message.orEmpty() + error.jsonPath, error.toJson())
    }
}
