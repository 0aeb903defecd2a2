// What the programs here share: how a program whose work is a coroutine begins and ends.

import dev.fileferry.FileFerryException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import java.io.IOException
import kotlin.concurrent.thread
import kotlin.system.exitProcess

/**
 * Runs [work] with the arguments that [usage] names; what it gives is the program's status. An error is told in a line.
 * Ctrl-C cancels the work before the program ends, so that no half of a file stays.
 */
fun program(usage: String, arguments: Array<String>, work: suspend CoroutineScope.(Array<String>) -> Int): Nothing {
    if (arguments.size != usage.count { it == ' ' }) {
        System.err.println("usage: $usage")
        exitProcess(2)
    }
    val status = runBlocking {
        val running = async {
            try {
                work(arguments)
            } catch (error: FileFerryException) {
                failed("${error.kind}: ${error.message}")
            } catch (error: IOException) {
                failed("$error")
            }
        }
        val ending = thread(start = false) { runBlocking { running.cancelAndJoin() } }
        Runtime.getRuntime().addShutdownHook(ending)
        running.join()
        if (running.isCancelled) 130 else running.await()
    }
    exitProcess(status)
}

private fun failed(message: String): Int {
    System.err.println("\n$message")
    return 1
}
