package dev.fileferry

import kotlinx.serialization.json.JsonElement
import kotlin.time.Duration

/** Called with status and headers (names in lower case) of a call's last response; it must be quick. */
public typealias ResponseListener = (status: Int, headers: Map<String, List<String>>) -> Unit

/** What one call does differently from its client. */
public class CallOptions(
    /** Time for the whole call with its retries. */
    public val deadline: Duration? = null,
    /** How many requests the call may make. */
    public val maxAttempts: Int? = null,
    /** The HTTP method, where a service takes several. */
    public val method: String? = null,
    /** The version of the operation, where there are several. */
    public val version: String? = null,
    /** Another documented address of the operation. */
    public val address: String? = null,
    /** Further parameters, which go where the operation's own go. */
    public val extra: Map<String, JsonElement> = emptyMap(),
    /** Hears of status and headers of the last response, also when the call fails. */
    public val onResponse: ResponseListener? = null,
) {
    /** Shows no value of [extra], as one may be a secret. */
    override fun toString(): String {
        val given = listOf(
            "deadline" to deadline,
            "maxAttempts" to maxAttempts,
            "method" to method,
            "version" to version,
            "address" to address,
            "extra" to extra.keys.takeIf { it.isNotEmpty() },
        )
        return given.filter { it.second != null }.joinToString(", ", "CallOptions(", ")") { "${it.first}=${it.second}" }
    }

    public companion object {
        /** Nothing different. */
        public val Default: CallOptions = CallOptions()
    }
}
