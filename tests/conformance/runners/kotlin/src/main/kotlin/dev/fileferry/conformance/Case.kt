package dev.fileferry.conformance

import dev.fileferry.CallOptions
import dev.fileferry.FolderProgress
import dev.fileferry.Progress
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** What a line of the player asks for. */
internal class Case(private val members: JsonObject) {
    val name: String get() = members.getValue("case").jsonPrimitive.content
    val service: String get() = members.getValue("service").jsonPrimitive.content
    val operation: String get() = members.getValue("operation").jsonPrimitive.content
    val verb: String? get() = members["verb"]?.jsonPrimitive?.contentOrNull
    val iterates: Boolean get() = isSet("iterate")
    val closesFirst: Boolean get() = isSet("close_first")
    val client: Given get() = given("client")
    val call: Given get() = given("call")

    /** The call's last argument; [watcher] hears of the responses. */
    fun options(watcher: Watcher): CallOptions {
        val options = given("options")
        val callOptions = CallOptions(
            deadline = options.optional("deadline", Args.seconds),
            maxAttempts = options.optional("max_attempts", Args.int),
            method = options.optional("method", Args.text),
            version = options.optional("version", Args.text),
            address = options.optional("address", Args.text),
            extra = options.optional("extra", Args.map(Args.json)) ?: emptyMap(),
            onResponse = watcher::onResponse,
        )
        options.checkAllUsed()
        return callOptions
    }

    private fun isSet(name: String) = members[name]?.jsonPrimitive?.boolean ?: false

    private fun given(name: String): Given {
        val member = members[name]?.takeIf { it != JsonNull }
        return Given(member?.jsonObject ?: JsonObject(emptyMap()))
    }
}

/** Notes what a call tells while it runs. */
internal class Watcher {
    val progress = mutableListOf<JsonElement>()
    val responses = mutableListOf<JsonElement>()

    // They suspend because a listener of progress does.
    @Suppress("RedundantSuspendModifier")
    suspend fun onProgress(event: Progress) = note(event.bytesDone, event.bytesTotal)

    @Suppress("RedundantSuspendModifier")
    suspend fun onFolderProgress(event: FolderProgress) = note(event.bytesDone, event.bytesTotal)

    fun onResponse(status: Int, headers: Map<String, List<String>>) {
        val texts = headers.mapValues { JsonPrimitive(it.value.joinToString(", ")) }
        responses.add(JsonArray(listOf(JsonPrimitive(status), JsonObject(texts))))
    }

    private fun note(done: Long, total: Long?) {
        progress.add(JsonObject(mapOf("done" to JsonPrimitive(done), "total" to JsonPrimitive(total))))
    }
}
