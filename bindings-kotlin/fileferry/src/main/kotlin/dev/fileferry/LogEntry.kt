package dev.fileferry

/** One line of a client's log; secrets are removed. */
public data class LogEntry(
    /** `debug`, `info` or `warning`. */
    public val level: String,
    /** Name of the service. */
    public val service: String,
    /** Id of the operation, where there is one. */
    public val operation: String?,
    /** For a person. */
    public val message: String,
)

/** Hears of each request, on a thread of its own; entries are dropped when it is slow. */
public typealias LogListener = (LogEntry) -> Unit
