package dev.fileferry.ffi

import com.sun.jna.CallbackThreadInitializer
import com.sun.jna.Native

/**
 * Lets the threads of the native library stay known to the JVM, as daemons, once they have called into it. By default
 * JNA makes a thread known for each callback and forgets it after, which costs more than all the rest of a call.
 *
 * To be called before anything else of this package.
 */
public fun keepThreadsAttached() {
    val initializer = CallbackThreadInitializer(true, false, "fileferry")
    val callbacks = listOf(
        uniffiRustFutureContinuationCallbackImpl,
        uniffiCallbackInterfaceFfiLogListener.onLog,
        uniffiCallbackInterfaceFfiProgressListener.onProgress,
        uniffiCallbackInterfaceFfiFolderProgressListener.onProgress,
    )
    callbacks.forEach { Native.setCallbackThreadInitializer(it, initializer) }
}
