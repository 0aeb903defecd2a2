package dev.fileferry.conformance

import dev.fileferry.ErrorKind
import dev.fileferry.FileFerryException
import dev.fileferry.ServiceClient
import dev.fileferry.Step
import dev.fileferry.StepFlow

/** How the cases of one service become calls of its typed methods; one is generated for each service. */
internal interface Dispatch {
    /** Opens a client with the options of a case. */
    fun open(options: Given): ServiceClient

    /** Calls the operation, or begins to walk its pages. */
    suspend fun call(client: ServiceClient, case: Case, watcher: Watcher): Any?

    /** Runs one of the [TRANSFERS]. */
    suspend fun transfer(client: ServiceClient, case: Case, watcher: Watcher): Any?
}

/** The verbs that move files of the program's, which may have arguments of a service's own. */
internal val TRANSFERS = setOf("upload", "uploadFolder", "download")

internal fun unknown(what: String): Nothing = error("no method is known for $what")

internal suspend fun request(client: ServiceClient, case: Case, watcher: Watcher): Any? {
    val call = case.call
    val method = call.required("method", Args.text)
    val path = call.required("path", Args.text)
    val params = call.optional("params", Args.jsonObject)
    call.checkAllUsed()
    return when (params) {
        null -> client.request(method, path, options = case.options(watcher))
        else -> client.request(method, path, params, case.options(watcher))
    }
}

/** Runs one of the other verbs that all services share. */
internal suspend fun shared(client: ServiceClient, case: Case, watcher: Watcher): Any? {
    val given = case.call
    val options = case.options(watcher)
    val folder = given.optional("folder", Args.text)
    val name = given.optional("name", Args.text)
    fun target() = given.required("target", Args.text)
    val result = when (case.verb) {
        "list" -> client.list(folder ?: "/", options)
        "stat" -> client.stat(target(), given.optional("is_folder", Args.bool), options)
        "makeFolder" ->
            client.makeFolder(name.orEmpty(), folder ?: "/", given.optional("exist_ok", Args.bool) ?: false, options)
        "move" -> client.move(target(), folder.orEmpty(), options)
        "rename" -> client.rename(target(), name.orEmpty(), options)
        "delete" -> client.delete(target(), options)
        "shareLink" -> client.shareLink(target(), options)
        "remoteUpload" -> client.remoteUpload(given.required("url", Args.text), folder, options, watcher::onProgress)
        "account" -> client.account(options)
        "capabilities" -> client.capabilities()
        else -> unknown("the verb ${case.verb}")
    }
    given.checkAllUsed()
    return result
}

/** Leads through a sign-in with the answers that a case gives. */
internal suspend fun signIn(client: ServiceClient, call: Given): Any {
    val answers = (call.optional("answers", Args.list(Args.text)) ?: emptyList()).iterator()
    val wantsImages = call.optional("images", Args.bool) ?: false
    call.checkAllUsed()
    val flow = client.signIn()
    val steps = mutableListOf<Map<String, Any?>>()
    while (true) {
        val step = flow.step
        val image = if (wantsImages && step is Step.Captcha && step.kind == "image") flow.image().bytes else null
        if (step != Step.Done) steps += described(step, image)
        when (step) {
            is Step.Captcha, is Step.Confirm -> if (answers.hasNext()) flow.answerFrom(answers) else break
            is Step.Wait -> flow.proceed()
            Step.Done, is Step.Unknown -> break
        }
    }
    return mapOf("steps" to steps, "result" to null)
}

/** Gives the next answer. A wrong one leaves the flow at a new captcha; the case goes on if it has another answer. */
private suspend fun StepFlow.answerFrom(answers: Iterator<String>) {
    try {
        answer(answers.next())
    } catch (error: FileFerryException) {
        if (error.kind != ErrorKind.CAPTCHA_INVALID || !answers.hasNext()) throw error
    }
}

private fun described(step: Step, image: ByteArray?): Map<String, Any?> = when (step) {
    is Step.Captcha -> mapOf(
        "type" to "captcha",
        "kind" to step.kind,
        "challenge" to step.challenge,
        "url" to step.url,
        "image" to image,
    )
    is Step.Confirm -> mapOf("type" to "confirm", "url" to step.url, "user_code" to step.userCode)
    is Step.Wait -> mapOf("type" to "wait")
    Step.Done -> emptyMap()
    is Step.Unknown -> mapOf("type" to step.name)
}
