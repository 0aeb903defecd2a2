package dev.fileferry

import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.GlobalScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** The other process: uses a client as told and leaves without a farewell. */
@OptIn(DelicateCoroutinesApi::class)
fun main(arguments: Array<String>) {
    val k2s = Keep2Share(accessToken = System.getenv("TOKEN"), baseUrl = System.getenv("BASE_URL"))
    when (arguments.single()) {
        "idle" -> runBlocking { k2s.account.accountInfo() }
        "in-flight" -> {
            GlobalScope.launch { k2s.account.accountInfo() }
            // The parent closes our input once the answer is held.
            System.`in`.read()
        }
    }
}
