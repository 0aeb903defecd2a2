package dev.fileferry.conformance

import dev.fileferry.FileFerryException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonObject
import java.io.PrintStream

/** Reads a case a line and writes what was seen of it, a line each; everything else goes to the error output. */
fun main() {
    val output = System.out
    System.setOut(System.err)
    runBlocking {
        for (line in System.`in`.bufferedReader().lineSequence()) {
            output.writeLine(perform(Case(Json.parseToJsonElement(line).jsonObject)))
        }
    }
}

private fun PrintStream.writeLine(answer: JsonObject) {
    write((answer.toString() + "\n").encodeToByteArray())
    flush()
}

private suspend fun perform(case: Case): JsonObject = try {
    Performance(case).run()
} catch (cancelled: CancellationException) {
    throw cancelled
} catch (error: Exception) {
    error.printStackTrace()
    buildJsonObject {
        put("case", JsonPrimitive(case.name))
        put("outcome", JsonPrimitive("runner_error"))
        put("error", JsonPrimitive(error.toString()))
    }
}

/** One case: the call, and everything that is seen of it. */
private class Performance(private val case: Case) {
    private val debug = mutableListOf<String>()
    private val watcher = Watcher()

    suspend fun run(): JsonObject {
        val members = try {
            mapOf("outcome" to JsonPrimitive("value"), "observation" to result())
        } catch (error: FileFerryException) {
            debug += error.toString()
            mapOf("outcome" to JsonPrimitive("error"), "error" to observeError(error))
        }
        val seen = mapOf(
            "case" to JsonPrimitive(case.name),
            "debug" to JsonArray(debug.map(::JsonPrimitive)),
            "progress" to JsonArray(watcher.progress),
            "responses" to JsonArray(watcher.responses),
        )
        return JsonObject(seen + members)
    }

    private suspend fun result() = dispatchOf(case.service).open(case.client).use { client ->
        debug += client.toString()
        if (case.closesFirst) client.close()
        var result = when (case.verb) {
            null -> dispatchOf(case.service).call(client, case, watcher)
            "signIn" -> signIn(client, case.call)
            "request" -> request(client, case, watcher)
            in TRANSFERS -> dispatchOf(case.service).transfer(client, case, watcher)
            else -> shared(client, case, watcher)
        }
        if (result is Flow<*>) result = result.toList()
        debug += result.toString()
        observe(result)
    }
}
