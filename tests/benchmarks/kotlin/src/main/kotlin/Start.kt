import dev.fileferry.Keep2Share

/** Makes a client and one call: timed as a whole process. */
suspend fun main() = Keep2Share(accessToken = "key", baseUrl = System.getenv("FILEFERRY_BASE_URL")).use {
    it.account.accountInfo()
    Unit
}
