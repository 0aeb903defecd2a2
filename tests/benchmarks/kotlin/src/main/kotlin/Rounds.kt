import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.DurationUnit
import kotlin.time.TimeSource
import kotlin.time.measureTime

/** Records in the listing. */
const val RECORDS = 10_000

/** How often things are done: long enough for figures, or once each. */
class Rounds(quick: Boolean) {
    val calls = if (quick) 1 else 1000
    val rounds = if (quick) 1 else 15
    val warmUp: Duration = if (quick) Duration.ZERO else 5.seconds

    /** Runs until it is warm, then prints microseconds an item, one number a round. */
    inline fun time(name: String, items: Int, body: () -> Unit) {
        val begun = TimeSource.Monotonic.markNow()
        while (begun.elapsedNow() < warmUp) body()
        val took = List(rounds) { measureTime(body).toDouble(DurationUnit.MICROSECONDS) / items }
        println("$name: " + took.joinToString(" ") { "%.3f".format(it) })
    }
}
