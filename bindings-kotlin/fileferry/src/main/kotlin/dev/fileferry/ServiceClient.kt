package dev.fileferry

import dev.fileferry.internal.Connection
import dev.fileferry.internal.Handlers
import dev.fileferry.internal.arguments
import dev.fileferry.internal.asTarget
import dev.fileferry.internal.clientOf
import dev.fileferry.internal.clientOptions
import kotlinx.coroutines.flow.Flow
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import java.nio.file.Path
import kotlin.time.Duration

/**
 * What the clients of all services have in common. A client may be shared between threads and coroutines. Closing it ends
 * its calls and frees its sockets; one that is dropped unclosed frees them when it is collected.
 *
 * The verbs that all services share take a *target*: an [Entry], a path (it begins with `/`; `/` is the root) or a bare id. A
 * path that fits several entries is `conflict`, with their ids in the error's items; one that leads nowhere is `not_found`.
 * What a service cannot do is `not_supported`, an entry of another service `invalid_argument`, and nothing is sent for
 * either. Services know ids only: a path is found by listing one folder after the other on the way to it.
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

    /**
     * Lists a folder (a path or an id; the root, if nothing else is said): its entries, each page asked for when it is needed.
     * What is in the trash or dead is left out. Keep2Share asks for 1000 entries at once.
     */
    public fun list(folder: String = "/", options: CallOptions = CallOptions.Default): Flow<Entry> =
        connection.entries(arguments { required("folder", folder) }, options)

    /** The same for an entry. */
    public fun list(folder: Entry, options: CallOptions = CallOptions.Default): Flow<Entry> =
        connection.entries(arguments { required("folder", folder.asTarget) }, options)

    /**
     * Tells what is known of a file or folder, named by its path or id; what is not there is `not_found`. [isFolder] says
     * whether a bare id is a folder's, for services that number files and folders apart.
     */
    public suspend fun stat(
        target: String,
        isFolder: Boolean? = null,
        options: CallOptions = CallOptions.Default,
    ): Entry = connection.entry(
        "stat",
        arguments {
            required("target", target)
            optional("is_folder", isFolder)
        },
        options,
    )

    /** The same for an entry: what is known of it now. */
    public suspend fun stat(target: Entry, options: CallOptions = CallOptions.Default): Entry =
        connection.entry("stat", arguments { required("target", target.asTarget) }, options)

    /**
     * Makes a folder in another one (a path or an id; the root, if nothing else is said) and gives its entry. One of that name
     * that is there is `already_exists`, unless [existOk] says that it will do. The service is asked for the items of [folder]
     * first.
     */
    public suspend fun makeFolder(
        name: String,
        folder: String = "/",
        existOk: Boolean = false,
        options: CallOptions = CallOptions.Default,
    ): Entry = connection.entry(
        "make_folder",
        arguments {
            required("name", name)
            required("folder", folder)
            required("exist_ok", existOk)
        },
        options,
    )

    /** The same for an entry. */
    public suspend fun makeFolder(
        name: String,
        folder: Entry,
        existOk: Boolean = false,
        options: CallOptions = CallOptions.Default,
    ): Entry = connection.entry(
        "make_folder",
        arguments {
            required("name", name)
            required("folder", folder.asTarget)
            required("exist_ok", existOk)
        },
        options,
    )

    /** Moves a file or folder into a folder, each named by its path or id, and gives its entry there. */
    public suspend fun move(target: String, folder: String, options: CallOptions = CallOptions.Default): Entry =
        connection.entry(
            "move",
            arguments {
                required("target", target)
                required("folder", folder)
            },
            options,
        )

    /** The same with entries. */
    public suspend fun move(target: String, folder: Entry, options: CallOptions = CallOptions.Default): Entry =
        connection.entry(
            "move",
            arguments {
                required("target", target)
                required("folder", folder.asTarget)
            },
            options,
        )

    /** The same with entries. */
    public suspend fun move(target: Entry, folder: String, options: CallOptions = CallOptions.Default): Entry =
        connection.entry(
            "move",
            arguments {
                required("target", target.asTarget)
                required("folder", folder)
            },
            options,
        )

    /** The same with entries. */
    public suspend fun move(target: Entry, folder: Entry, options: CallOptions = CallOptions.Default): Entry =
        connection.entry(
            "move",
            arguments {
                required("target", target.asTarget)
                required("folder", folder.asTarget)
            },
            options,
        )

    /**
     * Gives a file or folder, named by its path or id, another name, and gives its entry. A name that is empty or holds a slash
     * is `invalid_argument`. Keep2Share takes no name of a file that is shorter than three characters: `rejected`.
     */
    public suspend fun rename(target: String, name: String, options: CallOptions = CallOptions.Default): Entry =
        connection.entry(
            "rename",
            arguments {
                required("target", target)
                required("name", name)
            },
            options,
        )

    /** The same for an entry. */
    public suspend fun rename(target: Entry, name: String, options: CallOptions = CallOptions.Default): Entry =
        connection.entry(
            "rename",
            arguments {
                required("target", target.asTarget)
                required("name", name)
            },
            options,
        )

    /** Deletes a file, or a folder with what is in it, named by its path or id; what is not there is `not_found`. */
    public suspend fun delete(target: String, options: CallOptions = CallOptions.Default) {
        connection.verb("delete", arguments { required("target", target) }, options)
    }

    /** The same for an entry. */
    public suspend fun delete(target: Entry, options: CallOptions = CallOptions.Default) {
        connection.verb("delete", arguments { required("target", target.asTarget) }, options)
    }

    /**
     * An address of a file or folder (a path or an id) that a stranger can open and that does not lapse by itself. Where there
     * is none it is made; where that cannot be, it is `not_supported`. Keep2Share opens a folder to others for it; a private
     * file stays private and has none.
     */
    public suspend fun shareLink(target: String, options: CallOptions = CallOptions.Default): String =
        connection.link("share_link", arguments { required("target", target) }, options)

    /** The same for an entry. */
    public suspend fun shareLink(target: Entry, options: CallOptions = CallOptions.Default): String =
        connection.link("share_link", arguments { required("target", target.asTarget) }, options)

    /**
     * Lets the service fetch an address itself into [folder] (a path or an id; the root, if nothing else is said), waits for it
     * and gives the new file's entry. An address that the service does not want, or could not fetch, is `rejected`. How it goes
     * is asked for at the client's `pollInterval`; of the progress, `fraction` tells how much is done. Cancelling the coroutine
     * ends the waiting: the service goes on fetching.
     */
    public suspend fun remoteUpload(
        url: String,
        folder: String? = null,
        options: CallOptions = CallOptions.Default,
        onProgress: ProgressListener? = null,
    ): Entry = connection.entry(
        "remote_upload",
        arguments {
            required("url", url)
            optional("folder", folder)
        },
        options,
        onProgress,
    )

    /** The same into the folder of an entry. */
    public suspend fun remoteUpload(
        url: String,
        folder: Entry,
        options: CallOptions = CallOptions.Default,
        onProgress: ProgressListener? = null,
    ): Entry = connection.entry(
        "remote_upload",
        arguments {
            required("url", url)
            required("folder", folder.asTarget)
        },
        options,
        onProgress,
    )

    /**
     * The signed-in account, in the terms that all services share. Keep2Share tells the traffic that is left today and the end
     * of the subscription; the name is the one that the client signs in with.
     */
    public suspend fun account(options: CallOptions = CallOptions.Default): Account = connection.account(options)

    /** What the service can do. Nothing is sent. */
    public fun capabilities(): Capabilities = connection.capabilities()

    /**
     * Uploads a file into a folder (a path or an id; the root, if nothing else is said) and gives the new entry. Cancelling the
     * coroutine stops it.
     */
    public open suspend fun upload(
        source: Source,
        folder: String = "/",
        name: String? = null,
        options: CallOptions = CallOptions.Default,
        onProgress: ProgressListener? = null,
    ): Entry = connection.upload(
        source,
        arguments {
            required("folder", folder)
            optional("name", name)
        },
        options,
        onProgress,
    )

    /** The same for another source or folder. */
    public open suspend fun upload(
        source: Source,
        folder: Entry,
        name: String? = null,
        options: CallOptions = CallOptions.Default,
        onProgress: ProgressListener? = null,
    ): Entry = connection.upload(
        source,
        arguments {
            required("folder", folder.asTarget)
            optional("name", name)
        },
        options,
        onProgress,
    )

    /** The same for another source or folder. */
    public open suspend fun upload(
        path: Path,
        folder: String = "/",
        name: String? = null,
        options: CallOptions = CallOptions.Default,
        onProgress: ProgressListener? = null,
    ): Entry = upload(Source.of(path), folder, name, options, onProgress)

    /** The same for another source or folder. */
    public open suspend fun upload(
        path: Path,
        folder: Entry,
        name: String? = null,
        options: CallOptions = CallOptions.Default,
        onProgress: ProgressListener? = null,
    ): Entry = upload(Source.of(path), folder, name, options, onProgress)

    /**
     * Uploads a local folder with all that is in it and gives a report of what became of each item. It becomes a folder of its
     * name, or [name], in [folder] (a path or an id; the root, if nothing else is said); folders that are there already are
     * used. Three files are sent at once, unless [parallel] says otherwise (ten at most).
     *
     * A file that fails is reported and the others go on; so is what cannot be uploaded: symbolic links, special files, what
     * may not be read. The call itself fails where there is nothing to report: the local folder cannot be read, or its folder
     * on the service cannot be made. Cancelling the coroutine stops it; what is there by then stays.
     */
    public open suspend fun uploadFolder(
        path: Path,
        folder: String = "/",
        name: String? = null,
        parallel: Int? = null,
        options: CallOptions = CallOptions.Default,
        onProgress: FolderProgressListener? = null,
    ): FolderReport = connection.uploadFolder(
        path,
        arguments {
            required("folder", folder)
            optional("name", name)
            optional("parallel", parallel)
        },
        options,
        onProgress,
    )

    /** The same into the folder of an entry. */
    public open suspend fun uploadFolder(
        path: Path,
        folder: Entry,
        name: String? = null,
        parallel: Int? = null,
        options: CallOptions = CallOptions.Default,
        onProgress: FolderProgressListener? = null,
    ): FolderReport = connection.uploadFolder(
        path,
        arguments {
            required("folder", folder.asTarget)
            optional("name", name)
            optional("parallel", parallel)
        },
        options,
        onProgress,
    )

    /**
     * Downloads a file, named by its path or id. It is written beside [to] and renamed at the end; where [to] is a folder, the
     * file goes into it. A file that is there already is an `already_exists` error unless [overwrite] is set. Gives the entry,
     * with the path that was written. Cancelling the coroutine stops it.
     */
    public open suspend fun download(
        target: String,
        to: Path,
        overwrite: Boolean = false,
        options: CallOptions = CallOptions.Default,
        onProgress: ProgressListener? = null,
    ): Entry = connection.download(to, overwrite, arguments { required("target", target) }, options, onProgress)

    /** The same for an entry. */
    public open suspend fun download(
        target: Entry,
        to: Path,
        overwrite: Boolean = false,
        options: CallOptions = CallOptions.Default,
        onProgress: ProgressListener? = null,
    ): Entry = connection.download(
        to,
        overwrite,
        arguments {
            required("target", target.asTarget)
        },
        options,
        onProgress,
    )

    /** Opens a file, named by its path or id, as a stream of bytes. */
    public open suspend fun downloadStream(target: String, options: CallOptions = CallOptions.Default): ByteStream =
        connection.downloadStream(arguments { required("target", target) }, options)

    /** The same for an entry. */
    public open suspend fun downloadStream(target: Entry, options: CallOptions = CallOptions.Default): ByteStream =
        connection.downloadStream(arguments { required("target", target.asTarget) }, options)

    public companion object {
        /**
         * Makes a client by the name of its service, such as `keep2share`; it is of the service's own class. A service or a
         * credential that there is not is `invalid_argument`.
         *
         * @param credentials the service's ways to sign in by their names: `mapOf("access_token" to "…")`. All other parameters
         * are those of the services' clients.
         */
        public fun open(
            service: String,
            credentials: Map<String, String> = emptyMap(),
            session: String? = null,
            onSession: (suspend (String) -> Unit)? = null,
            host: String? = null,
            baseUrl: String? = null,
            allowHttp: Boolean? = null,
            connectTimeout: Duration? = null,
            idleTimeout: Duration? = null,
            uploadIdleTimeout: Duration? = null,
            deadline: Duration? = null,
            maxAttempts: Int? = null,
            backoff: Duration? = null,
            backoffMax: Duration? = null,
            retryAfterCap: Duration? = null,
            freeWaitMargin: Duration? = null,
            pollInterval: Duration? = null,
            rate: Double? = null,
            maxJson: Long? = null,
            proxy: String? = null,
            caBundle: Path? = null,
            userAgent: String? = null,
            onCaptcha: CaptchaHandler? = null,
            onConfirm: ConfirmHandler? = null,
            onLog: LogListener? = null,
        ): ServiceClient {
            val options = arguments {
                credentials.forEach { (name, value) -> required(name, value) }
                clientOptions(
                    session,
                    host,
                    baseUrl,
                    allowHttp,
                    connectTimeout,
                    idleTimeout,
                    uploadIdleTimeout,
                    deadline,
                    maxAttempts,
                    backoff,
                    backoffMax,
                    retryAfterCap,
                    freeWaitMargin,
                    pollInterval,
                    rate,
                    maxJson,
                    proxy,
                    caBundle,
                    userAgent,
                )
            }
            return clientOf(service, Connection(service, options, onLog, Handlers(onCaptcha, onConfirm, onSession)))
        }
    }
}
