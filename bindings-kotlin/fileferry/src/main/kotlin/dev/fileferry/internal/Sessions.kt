package dev.fileferry.internal

import java.util.concurrent.atomic.AtomicReference

/** The newest session until the program hears of it: a call that is cancelled meanwhile leaves it to the next one. */
internal class Sessions(private val onSession: (suspend (String) -> Unit)?) {
    private val untold = AtomicReference<String?>()

    fun keep(session: String?) {
        if (session != null) untold.set(session)
    }

    suspend fun tell() {
        untold.getAndSet(null)?.let { onSession?.invoke(it) }
    }
}
