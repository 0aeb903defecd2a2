package dev.fileferry.internal

import dev.fileferry.Account
import dev.fileferry.ByteStream
import dev.fileferry.CallOptions
import dev.fileferry.Capabilities
import dev.fileferry.Entry
import dev.fileferry.ErrorKind
import dev.fileferry.FileFerryException
import dev.fileferry.FolderProgressListener
import dev.fileferry.FolderReport
import dev.fileferry.LogListener
import dev.fileferry.ProgressListener
import dev.fileferry.Source
import dev.fileferry.Step
import dev.fileferry.StepFlow
import dev.fileferry.ffi.FfiCancel
import dev.fileferry.ffi.FfiClient
import dev.fileferry.ffi.FfiFlow
import dev.fileferry.ffi.FfiNeeded
import dev.fileferry.ffi.FfiOutcome
import dev.fileferry.ffi.FfiPages
import dev.fileferry.ffi.FfiProgressListener
import dev.fileferry.ffi.FfiReply
import dev.fileferry.ffi.FfiSource
import dev.fileferry.ffi.clockMs
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.nio.file.Path

/** A client of the native library, in the terms of coroutines; all generated methods come down to it. */
internal class Connection(service: String, options: JsonObject, onLog: LogListener?, private val handlers: Handlers) {
    private val native: FfiClient = Native.run { FfiClient(service, options.toBytes(), onLog?.let(::LogPump)) }

    private val sessions = Sessions(handlers.onSession)

    private val signingIn = Mutex()

    /** How often the program's handlers have signed in. */
    @Volatile
    private var signIns = 0

    val baseUrl: String get() = native.baseUrl()

    val isClosed: Boolean get() = native.isClosed()

    /** Calls an operation whose result is a typed value. */
    suspend fun <T> call(operation: String, arguments: JsonObject, options: CallOptions, reader: Reader<T>): T =
        value(outcome(options) { sent, cancel -> native.call(operation, arguments.toBytes(), sent, cancel) }, reader)

    /** Calls an operation without a result. */
    suspend fun callForNothing(operation: String, arguments: JsonObject, options: CallOptions) {
        outcome(options) { sent, cancel -> native.call(operation, arguments.toBytes(), sent, cancel) }
    }

    /** Calls an operation whose result is a stream of bytes. */
    suspend fun callForBytes(operation: String, arguments: JsonObject, options: CallOptions): ByteStream =
        bytes(outcome(options) { sent, cancel -> native.call(operation, arguments.toBytes(), sent, cancel) })

    /** Calls an operation that only gives an address for a browser. */
    suspend fun callForLink(operation: String, arguments: JsonObject, options: CallOptions): String =
        link(outcome(options) { sent, cancel -> native.call(operation, arguments.toBytes(), sent, cancel) })

    /** Walks a listing. Each collector walks anew. */
    fun <T> pages(operation: String, arguments: JsonObject, options: CallOptions, item: Reader<T>): Flow<T> =
        walk(options, item) { native.pages(operation, arguments.toBytes(), options.toBytes()) }

    private fun <T> walk(options: CallOptions, item: Reader<T>, open: () -> FfiPages): Flow<T> = flow {
        Native.run { open() }.use { pages ->
            while (true) {
                val page = outcome(options) { _, cancel -> pages.next(cancel) }
                if (page == FfiOutcome.Nothing) break
                // A page whose list is null or not there has no items.
                valueOrNull(page, Read.list(item))?.forEach { emit(it) }
            }
        }
    }

    suspend fun request(
        method: String,
        path: String,
        params: JsonObject,
        options: CallOptions,
        idempotent: Boolean,
    ): JsonElement? {
        val outcome = outcome(options, idempotent) { sent, cancel ->
            native.request(method, path, params.toBytes(), sent, cancel)
        }
        return if (outcome == FfiOutcome.Nothing) null else value(outcome, Read.json)
    }

    suspend fun upload(
        source: Source,
        arguments: JsonObject,
        options: CallOptions,
        onProgress: ProgressListener?,
    ): Entry = reportingTo(onProgress, ::ProgressBuffer) { listener ->
        suspend fun send(source: FfiSource, sent: ByteArray, cancel: FfiCancel) =
            native.upload(source, arguments.toBytes(), sent, listener, cancel)

        val outcome = when (source) {
            is Source.Disk -> outcome(options) { sent, cancel -> send(FfiSource.Path(source.path), sent, cancel) }
            is Source.Memory -> outcome(options) { sent, cancel -> send(FfiSource.Bytes(source.bytes), sent, cancel) }
            is Source.Chunks -> {
                val feed = ChunkFeed(source)
                feed.explaining { outcome(options) { sent, cancel -> feed.attempt { send(it, sent, cancel) } } }
            }
        }
        value(outcome, Entry.reader)
    }

    suspend fun uploadFolder(
        path: Path,
        arguments: JsonObject,
        options: CallOptions,
        onProgress: FolderProgressListener?,
    ): FolderReport = reportingTo(onProgress, ::FolderProgressBuffer) { listener ->
        val outcome = outcome(options) { sent, cancel ->
            native.uploadFolder(path.toString(), arguments.toBytes(), sent, listener, cancel)
        }
        value(outcome, FolderReport.reader)
    }

    suspend fun download(
        to: Path,
        overwrite: Boolean,
        arguments: JsonObject,
        options: CallOptions,
        onProgress: ProgressListener?,
    ): Entry = reportingTo(onProgress, ::ProgressBuffer) { listener ->
        val outcome = outcome(options) { sent, cancel ->
            native.download(to.toString(), overwrite, arguments.toBytes(), sent, listener, cancel)
        }
        value(outcome, Entry.reader)
    }

    suspend fun downloadStream(arguments: JsonObject, options: CallOptions): ByteStream =
        bytes(outcome(options) { sent, cancel -> native.downloadStream(arguments.toBytes(), sent, cancel) })

    /** Walks a folder. Each collector walks anew. */
    fun entries(arguments: JsonObject, options: CallOptions): Flow<Entry> =
        walk(options, Entry.reader) { native.list(arguments.toBytes(), options.toBytes()) }

    /** Does one of the verbs that all services share. */
    suspend fun verb(
        name: String,
        arguments: JsonObject,
        options: CallOptions,
        listener: FfiProgressListener? = null,
    ): FfiOutcome = outcome(options) { sent, cancel -> native.verb(name, arguments.toBytes(), sent, listener, cancel) }

    /** Does a verb that gives an entry. */
    suspend fun entry(
        name: String,
        arguments: JsonObject,
        options: CallOptions,
        onProgress: ProgressListener? = null,
    ): Entry = reportingTo(onProgress, ::ProgressBuffer) { value(verb(name, arguments, options, it), Entry.reader) }

    suspend fun link(name: String, arguments: JsonObject, options: CallOptions): String =
        link(verb(name, arguments, options))

    suspend fun account(options: CallOptions): Account = value(verb("account", NO_ARGUMENTS, options), Account.reader)

    fun capabilities(): Capabilities = Native.shared(Native.run { native.capabilities() }, Capabilities.reader)

    /** Begins to sign in, for the call with these options where there is one. */
    suspend fun signIn(call: ByteArray = NO_CALL): StepFlow = begin(Native.run { native.signIn(call) })

    suspend fun freeDownload(target: String, call: ByteArray = NO_CALL): StepFlow =
        begin(Native.run { native.freeDownload(target, call) })

    private suspend fun begin(native: FfiFlow): StepFlow {
        val flow = StepFlow.begin(native, sessions)
        if (handlers.canAnswer && !Asking.isGoingOn(this)) Asking.during(this) { flow.runThrough(handlers) }
        return flow
    }

    fun exportSession(): String? = native.exportSession()

    fun close() {
        native.shut()
    }

    /** Sends a call, and again after the steps that it needed and the program's handlers took. */
    private suspend fun outcome(
        options: CallOptions,
        idempotent: Boolean = false,
        send: suspend (sent: ByteArray, cancel: FfiCancel) -> FfiReply,
    ): FfiOutcome {
        val sent = options.toBytes(idempotent)
        var seen = signIns
        var reply = attempt(options) { send(sent, it) }
        var provided = 0
        while (handlers.canAnswer && provided < MAX_NEEDS && !Asking.isGoingOn(this)) {
            if (!provide(reply.needs ?: break, sent, seen)) break
            provided++
            seen = signIns
            reply = attempt(options) { send(sent, it) }
        }
        return when (val outcome = reply.outcome) {
            is FfiOutcome.Failed -> throw FileFerryException.fromJson(outcome.json)
            else -> outcome
        }
    }

    /** Sends a call once and tells the program what came beside its outcome. */
    private suspend fun attempt(options: CallOptions, send: suspend (FfiCancel) -> FfiReply): FfiReply {
        val reply = cancellable { cancel -> send(cancel).also { sessions.keep(it.session) } }
        sessions.tell()
        val response = reply.response
        if (response != null) {
            val headers = response.headers.groupBy({ it.name }, { it.value })
            options.onResponse?.invoke(response.status.toInt(), headers)
        }
        return reply
    }

    /** Takes the steps that a call was refused for want of; whether they led to the end. */
    private suspend fun provide(needed: FfiNeeded, call: ByteArray, seen: Int): Boolean = when (needed) {
        is FfiNeeded.FreeDownload -> freeDownload(needed.target, call).step == Step.Done
        FfiNeeded.SignIn -> signInOnce(call, seen)
    }

    /** Signs in, unless another call did so since this one looked: a person is asked once. False where nobody answers. */
    private suspend fun signInOnce(call: ByteArray, seen: Int): Boolean = signingIn.withLock {
        if (seen == signIns) {
            if (signIn(call).step != Step.Done) return false
            signIns++
        }
        true
    }

    private fun <T> value(outcome: FfiOutcome, reader: Reader<T>): T =
        valueOrNull(outcome, reader) ?: throw FileFerryException.of(ErrorKind.INVALID_ANSWER, "the answer is null")

    private fun <T> valueOrNull(outcome: FfiOutcome, reader: Reader<T>): T? = when (outcome) {
        is FfiOutcome.Value -> Tape(outcome.tape).root(reader)
        else -> throw unexpected(outcome)
    }

    private fun bytes(outcome: FfiOutcome): ByteStream = when (outcome) {
        is FfiOutcome.Bytes -> ByteStream(outcome.stream)
        else -> throw unexpected(outcome)
    }

    private fun link(outcome: FfiOutcome): String = when (outcome) {
        is FfiOutcome.Link -> outcome.url
        else -> throw unexpected(outcome)
    }

    private fun unexpected(outcome: FfiOutcome) =
        FileFerryException.of(ErrorKind.INTERNAL, "an answer of another sort came: ${outcome::class.simpleName}")
}

/** How often a call is made again after the program's help: to sign in, for a free download, for a ticket that lapsed. */
private const val MAX_NEEDS = 3

private val NO_CALL = ByteArray(0)

private fun JsonObject.toBytes(): ByteArray = toString().encodeToByteArray()

/** The call begins here: what it needs and every time that it is made are within one deadline. */
private fun CallOptions.toBytes(idempotent: Boolean = false): ByteArray {
    val members = LinkedHashMap<String, JsonElement>()
    members["begun_ms"] = JsonPrimitive(clockMs())
    if (idempotent) members["idempotent"] = JsonPrimitive(true)
    deadline?.let { members["deadline_ms"] = JsonPrimitive(it.inWholeMilliseconds) }
    maxAttempts?.let { members["max_attempts"] = JsonPrimitive(it) }
    method?.let { members["method"] = JsonPrimitive(it) }
    version?.let { members["version"] = JsonPrimitive(it) }
    address?.let { members["address"] = JsonPrimitive(it) }
    if (extra.isNotEmpty()) members["extra"] = JsonObject(extra)
    return JsonObject(members).toBytes()
}
