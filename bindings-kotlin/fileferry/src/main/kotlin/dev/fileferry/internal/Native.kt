package dev.fileferry.internal

import com.sun.jna.Platform
import dev.fileferry.ErrorKind
import dev.fileferry.FileFerryException
import dev.fileferry.ffi.FfiException
import dev.fileferry.ffi.InternalException
import dev.fileferry.ffi.fingerprint
import dev.fileferry.ffi.keepThreadsAttached
import dev.fileferry.ffi.fromPlain as nativeFromPlain

/** The native library: loaded once, and only used when it was built from the same tables as this code. */
internal object Native {
    private val problem: String? by lazy {
        try {
            keepThreadsAttached()
            val built = fingerprint()
            if (built ==
                FINGERPRINT
            ) {
                null
            } else {
                "the native library belongs to another version ($built, not $FINGERPRINT)"
            }
        } catch (error: LinkageError) {
            // The loader's own text names every folder that it has looked into.
            val platform = Platform.RESOURCE_PREFIX
            "the native library of fileferry cannot be loaded on $platform; is it in the jar `fileferry-ffi`? ${error.message}"
        }
    }

    /** Throws an error that tells the reason when the library cannot be used. */
    fun check() {
        problem?.let { throw FileFerryException.of(ErrorKind.INTERNAL, it) }
    }

    /** Runs native code whose errors are [FfiException]s. */
    inline fun <T> run(call: () -> T): T {
        check()
        return try {
            call()
        } catch (error: FfiException.Failed) {
            throw FileFerryException.fromJson(error.json)
        } catch (_: InternalException) {
            // What it says may quote data: it is the text of a panic.
            throw FileFerryException.of(ErrorKind.INTERNAL, "a defect in fileferry stopped the call")
        }
    }

    /** A model that all services share, from what was told at once. */
    fun <T> shared(tape: ByteArray, reader: Reader<T>): T =
        Tape(tape).root(reader) ?: throw FileFerryException.of(ErrorKind.INTERNAL, "nothing was told")

    /** A model or union from plain JSON. */
    fun <T> fromPlain(service: String, type: String, json: String, reader: Reader<T>): T =
        Tape(run { nativeFromPlain(service, type, json) }).root(reader)
            ?: throw FileFerryException.of(ErrorKind.INVALID_ARGUMENT, "null is no $type")
}
