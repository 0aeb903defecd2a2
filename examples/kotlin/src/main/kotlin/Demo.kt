import dev.fileferry.FileFerryException
import dev.fileferry.Keep2Share
import dev.fileferry.Phase
import dev.fileferry.Progress
import java.nio.file.Path
import kotlin.io.path.fileSize
import kotlin.io.path.readBytes

suspend fun main() {
    val source = Path.of(setting("FILEFERRY_FILE"))
    val copy = Path.of(setting("FILEFERRY_DOWNLOAD"))
    var steps = 0
    fun step(text: String) = println("${++steps}. $text")

    Keep2Share(
        username = setting("FILEFERRY_USERNAME"),
        password = setting("FILEFERRY_PASSWORD"),
        baseUrl = System.getenv("FILEFERRY_BASE_URL"),
    ).use { k2s ->
        k2s.signIn()
        step("signed in; ${k2s.account.accountInfo().availableTraffic} bytes of traffic are left today")

        val folder = k2s.files.createFolder("demo").id
        step("made the folder $folder")

        val file = k2s.upload(source, folder = folder) { bar("up", it) }
        step("uploaded ${file.name}")

        k2s.files.iterFilesList(parent = folder).collect { println("   ${it.name}: ${it.size} bytes") }
        step("listed the folder")

        k2s.download(file, to = copy, overwrite = true) { bar("down", it) }
        check(source.readBytes().contentEquals(copy.readBytes())) { "the copy differs" }
        step("downloaded it again: the same bytes")

        k2s.files.deleteFiles(listOfNotNull(file.id, folder))
        step("deleted both")

        try {
            k2s.download(file, to = copy, overwrite = true)
        } catch (error: FileFerryException) {
            step("what is gone gives an error: ${error.kind}: ${error.message}")
        }
    }
    println("""RESULT {"steps": $steps, "bytes": ${source.fileSize()}, "outcome": "ok"}""")
}

fun bar(what: String, progress: Progress) {
    val total = progress.bytesTotal ?: return
    val width = if (total == 0L) 40 else (40 * progress.bytesDone / total).toInt()
    print("\r   %-4s [%-40s] %d of %d bytes".format(what, "#".repeat(width), progress.bytesDone, total))
    if (progress.phase == Phase.DONE) println()
}

fun setting(name: String) = System.getenv(name) ?: error("set $name")
