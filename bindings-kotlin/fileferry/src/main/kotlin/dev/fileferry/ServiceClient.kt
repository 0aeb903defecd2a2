package dev.fileferry

import dev.fileferry.internal.Connection
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/**
 * What the clients of all services have in common. A client may be shared between threads and coroutines. Closing it ends
 * its calls and frees its sockets; one that is dropped unclosed frees them when it is collected.
 */
public abstract class ServiceClient internal constructor(
    private val service: String,
    internal val connection: Connection,
) : AutoCloseable {
    /** The address of the service's API. */
    public val baseUrl: String get() = connection.baseUrl

    /** Whether it was closed. */
    public val isClosed: Boolean get() = connection.isClosed

    /**
     * Signs in step by step. Clients sign in by themselves at the first call that needs it; this is for services that want
     * a captcha solved or a page confirmed. With `onCaptcha` or `onConfirm` given it runs through by itself.
     */
    public suspend fun signIn(): StepFlow = connection.signIn()

    /**
     * Leads to a download without premium step by step: a captcha, and a wait. Once it is done, `download` of the same file,
     * an id or a link, goes through. With `onCaptcha` given it runs through by itself, and so does a download.
     */
    public suspend fun freeDownload(target: String): StepFlow = connection.freeDownload(target)

    /**
     * The session as text, with which a client of the next process need not sign in (`session`); null when nobody is
     * signed in. It holds a secret.
     */
    public fun exportSession(): String? = connection.exportSession()

    /**
     * Sends a request that this library does not describe, with the same sign-in, retries and errors: [path] below
     * [baseUrl], [params] where the service's parameters go. An empty answer is null. It is sent once only, unless
     * [idempotent] says that sending it twice does no harm.
     */
    public suspend fun request(
        method: String,
        path: String,
        params: JsonObject = JsonObject(emptyMap()),
        options: CallOptions = CallOptions.Default,
        idempotent: Boolean = false,
    ): JsonElement? = connection.request(method, path, params, options, idempotent)

    /** Ends its calls with kind `closed` and frees its sockets. Twice is fine. */
    override fun close() {
        connection.close()
    }

    /** Names the service and its address; no credential. */
    override fun toString(): String = "${javaClass.simpleName}($service, $baseUrl)"
}
