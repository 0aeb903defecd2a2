package dev.fileferry

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import dev.fileferry.traps.Colour
import dev.fileferry.traps.Item
import dev.fileferry.traps.Level
import dev.fileferry.traps.Nothing
import dev.fileferry.traps.OneOfAnswer
import dev.fileferry.traps.Self
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Test
import java.math.BigDecimal
import java.net.InetSocketAddress
import java.time.Instant
import java.time.LocalDateTime
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.time.Duration.Companion.seconds

/** The operations of the description made of traps, called through their typed methods. */
class TrapsTest {
    /** What a request asks for, and what it is answered. */
    private class Player(private val answers: List<Answer>) : AutoCloseable {
        val requests = mutableListOf<String>()
        private val server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0)
        val baseUrl: String get() = "http://127.0.0.1:${server.address.port}"

        init {
            server.createContext("/") { exchange -> exchange.use(::play) }
            server.start()
        }

        private fun play(exchange: HttpExchange) {
            val body = exchange.requestBody.readAllBytes().decodeToString()
            val answer = answers[requests.size]
            requests += "${exchange.requestMethod} ${exchange.requestURI} $body".trim()
            answer.headers.forEach { (name, value) -> exchange.responseHeaders.add(name, value) }
            val bytes = answer.body.encodeToByteArray()
            exchange.sendResponseHeaders(answer.status, if (bytes.isEmpty()) -1 else bytes.size.toLong())
            exchange.responseBody.write(bytes)
        }

        override fun close() = server.stop(0)
    }

    private class Answer(
        val body: String,
        val status: Int = 200,
        val headers: Map<String, String> = mapOf("content-type" to "application/json"),
    )

    private fun HttpExchange.use(play: (HttpExchange) -> Unit) = try {
        play(this)
    } finally {
        close()
    }

    private fun playing(vararg answers: Answer, test: suspend (Traps, Player) -> Unit) = Player(answers.asList()).use {
        runBlocking {
            withTimeout(30.seconds) { Traps(key = "k", baseUrl = it.baseUrl).use { traps -> test(traps, it) } }
        }
    }

    @Test
    fun `one of several answers`() = playing(
        Answer("""{"name": "new"}""", status = 201),
        Answer("""{"progress": 0.5}"""),
        Answer("", status = 204),
        Answer("""{"must": 7}"""),
    ) { traps, _ ->
        assertEquals(OneOfAnswer.Created(Item("new")), traps.answers.oneOf())
        assertEquals(0.5, assertIs<OneOfAnswer.Progress>(traps.answers.oneOf()).value.progress)
        assertEquals(OneOfAnswer.Empty, traps.answers.oneOf())
        assertEquals("7", assertIs<OneOfAnswer.Other>(traps.answers.oneOf()).value.must)
    }

    @Test
    fun `bytes, links and headers`() = playing(
        Answer("abc", headers = mapOf("content-type" to "text/odd")),
        Answer("""{"body": "b"}""", headers = mapOf("etag" to "\"e\"", "x-left" to "3")),
    ) { traps, player ->
        traps.answers.bytes().use { stream ->
            assertEquals("text/odd", stream.mediaType)
            assertContentEquals("abc".encodeToByteArray(), stream.readAll())
        }
        val result = traps.answers.headers()
        assertEquals(3, result.left)
        assertEquals("b", result.body)
        assertEquals("${player.baseUrl}/link/x%20y?lang=en", traps.answers.link("x y", lang = "en"))
        assertEquals(2, player.requests.size)
    }

    @Test
    fun `every shape there is`() = playing(
        Answer(
            """{"must": 5, "yes_no": "1", "whole": "12", "big": 9007199254740993, "real": 1.5, "money": 0.10,
            "colour": "light-green", "level": 9, "seconds": 1700000000, "millis": "1700000000123", "either": 0,
            "iso": "2024-02-29T12:00:00+02:00", "local": "2024-02-29 12:00:00", "anything": [1, {"a": null}],
            "list": [1, "2"], "holes": ["a", null], "one_or_more": {"name": "alone"}, "by_key": {"k": {"count": 1}},
            "map": {"x": 1}, "map_or_list": [], "pair": ["p", 2, {"name": "i"}], "short": "brief",
            "children": [{"must": "c"}], "old_name": "r", "hidden": "h", "nested": {"n": [[{"name": "d"}]]},
            "news": [true]}""",
        ),
    ) { traps, _ ->
        val shapes = traps.shapes.all()
        assertEquals("5", shapes.must)
        assertEquals(true, shapes.yesNo)
        assertEquals(12, shapes.whole)
        assertEquals(9_007_199_254_740_993, shapes.big)
        assertEquals(BigDecimal("0.10"), shapes.money)
        assertEquals(Colour.LIGHT_GREEN, shapes.colour)
        assertEquals(Level.HIGH, shapes.level)
        assertEquals(Instant.ofEpochSecond(1_700_000_000), shapes.seconds)
        assertEquals(Instant.ofEpochMilli(1_700_000_000_123), shapes.millis)
        assertEquals(null, shapes.either)
        assertEquals(Instant.parse("2024-02-29T10:00:00Z"), shapes.iso)
        assertEquals(LocalDateTime.of(2024, 2, 29, 12, 0), shapes.local)
        assertEquals(Json.parseToJsonElement("""[1, {"a": null}]"""), shapes.anything)
        assertEquals(listOf(1L, 2L), shapes.list)
        assertEquals(listOf("a", null), shapes.holes)
        assertEquals(listOf(Item("alone")), shapes.oneOrMore)
        assertEquals(listOf(Item("k", 1)), shapes.byKey)
        assertEquals(mapOf("x" to 1L), shapes.map)
        assertEquals(emptyMap(), shapes.mapOrList)
        assertEquals(Triple("p", 2L, Item("i")), shapes.pair)
        assertEquals(Item("brief"), shapes.short)
        assertEquals("c", shapes.children?.single()?.must)
        assertEquals("r", shapes.renamed)
        assertEquals(listOf(listOf(Item("d"))), shapes.nested?.get("n"))
        assertEquals("[true]", shapes.extra["news"].toString())
        assertEquals(shapes, dev.fileferry.traps.Shapes.fromJson(shapes.toJson()))
    }

    @Test
    fun `wrapped, rootless and empty results`() = playing(
        Answer("""{"data": {"inner": [{"name": "a"}]}}"""),
        Answer("""{"name": "self", "page": 2}"""),
        Answer("{}"),
        Answer("null"),
        Answer("[1]"),
    ) { traps, _ ->
        assertEquals(listOf(Item("a")), traps.shapes.unwrap())
        assertEquals(listOf("self"), traps.shapes.atRoot().items?.map { it.name })
        assertEquals(Nothing(), traps.shapes.nothing())
        assertEquals(JsonNull, traps.shapes.anything())
        assertEquals(Json.parseToJsonElement("[1]"), traps.shapes.anything())
    }

    @Test
    fun `pages counted from one and pages until a flag`() = playing(
        Answer("""{"items": [{"name": "a"}, {"name": "b"}], "total": 3}"""),
        Answer("""{"items": [{"name": "c"}], "total": 3}"""),
        Answer("""{"items": {"d": {}}, "more": true}"""),
        Answer("""{"items": {"e": {}}, "more": false}"""),
    ) { traps, player ->
        assertEquals(listOf("a", "b", "c"), traps.pages.iter(topic = "t").map { it.name }.toList())
        assertEquals(listOf("d", "e"), traps.pages.iterFlagged().map { it.name }.toList())
        assertEquals(4, player.requests.size)
    }

    @Test
    fun `three states, and null where a value has to be`() = playing(
        *Array(3) { Answer("{}") },
    ) { traps, player ->
        traps.places.states(must = null)
        traps.places.states(5, word = Field(null), blank = Field(null), omitted = Field(null))
        traps.places.states(null, word = Field("w"), blank = Field.Omitted, omitted = Field("o"))
        assertEquals(
            listOf(
                "POST /states must=null",
                "POST /states word=null&blank=&must=5",
                "POST /states word=w&omitted=o&must=null",
            ),
            player.requests.map(::sorted),
        )
    }

    /** The order of a form's fields is nobody's business here. */
    private fun sorted(request: String): String {
        val (method, path, form) = request.split(' ')
        val order = listOf("word", "blank", "omitted", "must")
        return "$method $path " + form.split('&').sortedBy { order.indexOf(it.substringBefore('=')) }.joinToString("&")
    }

    @Test
    fun `every type as a parameter`() = playing(Answer("{}")) { traps, player ->
        traps.places.typed(
            flag = true,
            whole = -5,
            big = 9_007_199_254_740_993,
            real = 0.5,
            money = BigDecimal("1.50"),
            colour = Colour.RED,
            level = Level.HIGH,
            seconds = Instant.ofEpochSecond(1_700_000_000),
            iso = Instant.parse("2024-02-29T10:00:00Z"),
            local = LocalDateTime.of(2024, 2, 29, 12, 0),
            anything = JsonPrimitive("x"),
            item = Item("i", 1),
            items = listOf(Item("j")),
            map = mapOf("k" to 1),
            pair = Pair("p", 2),
            text = "abc",
        )
        val sent = Json.parseToJsonElement(player.requests.single().substringAfter("/typed ")).toString()
        for (part in listOf(
            "\"flag\":true",
            "\"big\":9007199254740993",
            "\"level\":9",
            "\"seconds\":1700000000",
            "\"local\":\"2024-02-29 12:00:00\"",
            "\"item\":{\"name\":\"i\",\"count\":1}",
            "\"pair\":[\"p\",2]",
        )) {
            assertEquals(true, part in sent, "$part in $sent")
        }
    }

    @Test
    fun `reserved words are parameters like others`() = playing(
        Answer("""{"class": "c", "2nd": "s", "extra": "e", "größe": 4}"""),
    ) { traps, player ->
        val self = traps.`class`.import(from = "f", `val` = "v", options2 = "o", thing = Self(`in` = 3))
        assertEquals("c", self.`class`)
        assertEquals("e", self.extra2)
        assertEquals(4, self.größe)
        val form = player.requests.single()
        for (part in listOf("from=f", "val=v", "options=o")) assertEquals(true, part in form, form)
    }

    @Test
    fun `a field called extra moves the unknown members`() {
        val plain = """{"class":"c","extra":"mine","_extra":{"new":[1]}}"""
        val self = Self.fromJson(plain)
        assertEquals("mine", self.extra2)
        assertEquals(setOf("new"), self.extra.keys)
        assertEquals(Json.parseToJsonElement(plain), Json.parseToJsonElement(self.toJson()))
    }

    @Test
    fun `more than one request can hold is split and joined`() = playing(
        Answer("""{"done": ["a", "b", "c"]}"""),
        Answer("""{"done": ["d"]}"""),
    ) { traps, player ->
        assertEquals(listOf("a", "b", "c", "d"), traps.places.many(listOf("a", "b", "c", "d")).done)
        assertEquals(2, player.requests.size)
    }
}
