package dev.fileferry.internal

import java.nio.file.Path
import kotlin.time.Duration

/** What the clients of all services take beside their credentials and handlers. */
internal fun Arguments.clientOptions(
    session: String?,
    host: String?,
    baseUrl: String?,
    allowHttp: Boolean?,
    connectTimeout: Duration?,
    idleTimeout: Duration?,
    uploadIdleTimeout: Duration?,
    deadline: Duration?,
    maxAttempts: Int?,
    backoff: Duration?,
    backoffMax: Duration?,
    retryAfterCap: Duration?,
    freeWaitMargin: Duration?,
    pollInterval: Duration?,
    rate: Double?,
    maxJson: Long?,
    proxy: String?,
    caBundle: Path?,
    userAgent: String?,
) {
    optional("session", session)
    optional("host", host)
    optional("base_url", baseUrl)
    optional("allow_http", allowHttp)
    optional("connect_timeout_ms", connectTimeout?.inWholeMilliseconds)
    optional("idle_timeout_ms", idleTimeout?.inWholeMilliseconds)
    optional("upload_idle_timeout_ms", uploadIdleTimeout?.inWholeMilliseconds)
    optional("deadline_ms", deadline?.inWholeMilliseconds)
    optional("max_attempts", maxAttempts)
    optional("backoff_ms", backoff?.inWholeMilliseconds)
    optional("backoff_max_ms", backoffMax?.inWholeMilliseconds)
    optional("retry_after_cap_ms", retryAfterCap?.inWholeMilliseconds)
    optional("free_wait_margin_ms", freeWaitMargin?.inWholeMilliseconds)
    optional("poll_interval_ms", pollInterval?.inWholeMilliseconds)
    optional("rate", rate)
    optional("max_json", maxJson)
    optional("proxy", proxy)
    optional("ca_bundle", caBundle?.toString())
    optional("user_agent", userAgent)
    required("agent", "fileferry/$VERSION kotlin")
}
