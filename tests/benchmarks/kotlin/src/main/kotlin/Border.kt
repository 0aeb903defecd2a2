import dev.fileferry.ErrorKind
import dev.fileferry.FileFerryException
import dev.fileferry.Keep2Share
import dev.fileferry.Traps

/** What warm calls cost; with `quick` each is made once. */
suspend fun main(words: Array<String>) {
    val baseUrl: String = System.getenv("FILEFERRY_BASE_URL")
    val total = System.getenv("FILEFERRY_TOTAL").toLong()
    val rounds = Rounds("quick" in words)
    Keep2Share(accessToken = "key", baseUrl = baseUrl, rate = 0.0).use { k2s ->
        Traps().use { traps ->
            rounds.time("nothing", rounds.calls) {
                repeat(rounds.calls) { traps.answers.link("x") }
            }
        }
        rounds.time("error", rounds.calls) {
            repeat(rounds.calls) {
                try {
                    k2s.files.getFilesList(limit = 0)
                } catch (error: FileFerryException) {
                    if (error.kind != ErrorKind.INVALID_ARGUMENT) throw error
                }
            }
        }
        rounds.time("listing", RECORDS) {
            val listing = k2s.files.getFilesList(limit = RECORDS.toLong(), extendedInfo = true)
            check(listing.files.sumOf { it.size ?: 0 } == total)
        }
    }
    otherWay(rounds, baseUrl, total)
}
