package dev.fileferry

import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlin.test.assertEquals
import kotlin.time.Duration.Companion.seconds

/** The emulator's program, one for all tests; each test works in a world of its own. */
internal object Emulator {
    private val program: Process by lazy {
        val path = System.getenv("FILEFERRY_EMULATOR") ?: System.getProperty("fileferry.emulator")
        check(File(path).canExecute()) { "the emulator is not built: cargo build -p fileferry-emulator ($path)" }
        ProcessBuilder(path, "--until-stdin-closes").redirectError(ProcessBuilder.Redirect.INHERIT).start()
    }
    private val ready: JsonObject by lazy {
        Json.parseToJsonElement(program.inputStream.bufferedReader().readLine()).jsonObject
    }
    private val http = HttpClient.newHttpClient()

    fun world(): World {
        val world = send("POST", "/worlds", null)
        return World(world)
    }

    fun send(method: String, path: String, body: JsonElement?): JsonObject {
        val publisher = body?.let { HttpRequest.BodyPublishers.ofString(it.toString()) }
        val address = URI(ready.getValue("control").jsonPrimitive.content + path)
        val request = HttpRequest.newBuilder(address)
            .method(method, publisher ?: HttpRequest.BodyPublishers.noBody())
            .build()
        val response = http.send(request, HttpResponse.BodyHandlers.ofString())
        check(response.statusCode() == 200) { "$method $path: ${response.body()}" }
        return Json.parseToJsonElement(response.body()).jsonObject
    }
}

/** A world of the emulator with nothing in it but accounts. */
internal class World(private val description: JsonObject) : AutoCloseable {
    private val id = description.getValue("id").jsonPrimitive.content
    private val service get() = description.getValue("services").jsonObject.getValue("keep2share").jsonObject

    val baseUrl: String get() = service.getValue("base_url").jsonPrimitive.content

    fun account(kind: String): EmulatedAccount {
        val members = service.getValue("accounts").jsonObject.getValue(kind).jsonObject
        fun text(name: String) = members.getValue(name).jsonPrimitive.content
        return EmulatedAccount(text("username"), text("password"), text("access_token"))
    }

    /** Makes files of a made-up content; gives their ids. */
    fun files(account: EmulatedAccount, name: String, count: Int = 1, size: Long = 0): List<String> {
        val made = order("files", "username" to account.username, "name" to name, "count" to count, "size" to size)
        return made.getValue("ids").jsonArray.map { it.jsonPrimitive.content }
    }

    fun fault(fault: String, path: String, vararg members: Pair<String, Any?>) {
        order("faults", "fault" to fault, "path" to path, *members)
    }

    fun clearFaults() {
        Emulator.send("DELETE", "/worlds/$id/faults", null)
    }

    /** Lets the answers go that are held. */
    fun release() {
        Emulator.send("POST", "/worlds/$id/release", null)
    }

    fun settings(vararg members: Pair<String, Any?>) {
        order("settings", *members)
    }

    fun odd(name: String) {
        order("odd", "name" to name)
    }

    fun expire(what: String) {
        order("expire", "what" to what)
    }

    /** Moves the world's time. */
    fun advance(seconds: Int) {
        Emulator.send("POST", "/worlds/$id/clock", JsonObject(mapOf("advance_s" to JsonPrimitive(seconds))))
    }

    fun captchaAnswer(challenge: String): String =
        Emulator.send("GET", "/worlds/$id/captchas/$challenge", null).getValue("answer").jsonPrimitive.content

    /** The requests so far, or those that a wait for an outcome has found. */
    fun requests(query: String = ""): List<JsonObject> =
        Emulator.send("GET", "/worlds/$id/requests$query", null).getValue("requests").jsonArray.map { it.jsonObject }

    fun waitFor(outcome: String): List<JsonObject> = requests("?wait_for=$outcome&timeout_ms=10000")

    fun violations(): JsonArray = Emulator.send("GET", "/worlds/$id/violations", null).getValue("violations").jsonArray

    override fun close() {
        Emulator.send("DELETE", "/worlds/$id", null)
    }

    private fun order(what: String, vararg members: Pair<String, Any?>): JsonObject {
        val json = (members.toList() + ("service" to "keep2share")).associate { (name, value) -> name to plain(value) }
        return Emulator.send("POST", "/worlds/$id/$what", JsonObject(json))
    }

    private fun plain(value: Any?): JsonElement = when (value) {
        is JsonElement -> value
        is Number -> JsonPrimitive(value)
        is Boolean -> JsonPrimitive(value)
        else -> JsonPrimitive(value?.toString())
    }
}

internal class EmulatedAccount(val username: String, val password: String, val accessToken: String)

internal val JsonObject.operation: String get() = getValue("operation").jsonPrimitive.content

internal val JsonObject.status: Int get() = getValue("status").jsonPrimitive.int

/** Runs a test in a world of its own, which has to end without a violation of the service's rules. */
internal fun inWorld(expectViolations: Boolean = false, test: suspend (World) -> Unit) {
    Emulator.world().use { world ->
        runBlocking { withTimeout(60.seconds) { test(world) } }
        if (!expectViolations) assertEquals(JsonArray(emptyList()), world.violations())
    }
}

/** A client of the premium account that loses no time. */
internal fun World.client(account: EmulatedAccount = account("premium")): Keep2Share =
    Keep2Share(accessToken = account.accessToken, baseUrl = baseUrl, rate = 0.0)

/** The error that a call has to end with. */
internal suspend fun failure(call: suspend () -> Any?): FileFerryException {
    val result = try {
        call()
    } catch (error: FileFerryException) {
        return error
    }
    throw AssertionError("no error but $result")
}
