package dev.fileferry.internal

import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.withContext
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** The time in which a client's handlers are asked: a call that one of them makes must not wait for it. */
internal class Asking private constructor(private val client: Connection, private val outer: Asking?) :
    AbstractCoroutineContextElement(Asking) {
    @Volatile
    private var isOver = false

    private fun concerns(client: Connection): Boolean =
        (this.client === client && !isOver) || outer?.concerns(client) == true

    internal companion object Key : CoroutineContext.Key<Asking> {
        /** Runs what asks the client's handlers. */
        suspend fun <T> during(client: Connection, work: suspend () -> T): T {
            val own = Asking(client, currentCoroutineContext()[Asking])
            return try {
                withContext(own) { work() }
            } finally {
                // A coroutine that a handler left running still has it.
                own.isOver = true
            }
        }

        /** Whether one of the client's handlers is what runs here. */
        suspend fun isGoingOn(client: Connection): Boolean = currentCoroutineContext()[Asking]?.concerns(client) == true
    }
}
