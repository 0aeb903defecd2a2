// A walk through the package: sign in, make a folder, upload twice, list, download, compare, delete, and one error.

import dev.fileferry.ErrorKind
import dev.fileferry.FileFerryException
import dev.fileferry.Keep2Share
import dev.fileferry.Phase
import dev.fileferry.Progress
import java.io.OutputStream
import java.nio.file.Path
import java.security.DigestInputStream
import java.security.MessageDigest
import kotlin.io.path.deleteExisting
import kotlin.io.path.fileSize
import kotlin.io.path.inputStream

suspend fun main() {
    val path = Path.of(System.getenv("FILEFERRY_FILE") ?: "movie.mp4")
    val copy = Path.of(System.getenv("FILEFERRY_DOWNLOAD") ?: "movie-copy.mp4")
    var steps = 0
    fun step(text: String) = println("${++steps}. $text")

    Keep2Share(
        username = System.getenv("FILEFERRY_USERNAME"),
        password = System.getenv("FILEFERRY_PASSWORD"),
        baseUrl = System.getenv("FILEFERRY_BASE_URL"),
    ).use { k2s ->
        val account = k2s.account.accountInfo()
        step("signed in; ${account.availableTraffic} bytes of traffic left today")

        val folder = k2s.files.createFolder("fileferry demo")
        step("made the folder ${folder.id}")

        val file = k2s.upload(path, folder = folder.id) { bar("upload", it) }
        step("uploaded ${file.name}")

        var sent = 0L
        val again = k2s.upload(path, folder = folder.id, name = "the-same-again") { sent = it.bytesOnWire }
        check(sent == 0L) { "content that is stored already was sent again" }
        step("uploaded again as ${again.name}: found by its hash, no byte was sent")

        k2s.files.iterFilesList(parent = folder.id).collect { println("   ${it.name}  ${it.size} bytes") }
        step("listed the folder")

        k2s.download(file, to = copy, overwrite = true) { bar("download", it) }
        step("downloaded ${copy.fileName}")

        check(sha256(path).contentEquals(sha256(copy))) { "the copy differs from the file" }
        step("compared: both are the same")

        val id = checkNotNull(file.id)
        k2s.files.deleteFiles(listOf(id, checkNotNull(again.id), folder.id))
        copy.deleteExisting()
        step("deleted files, folder and copy")

        try {
            k2s.downloads.getUrl(id)
        } catch (error: FileFerryException) {
            if (error.kind != ErrorKind.NOT_FOUND) throw error
            step("a file that is gone: ${error.kind}, code ${error.serviceCode}, \"${error.message}\"")
        }
    }
    println("""RESULT {"steps": $steps, "bytes": ${path.fileSize()}, "outcome": "ok"}""")
}

/** Draws a bar while a transfer goes on. */
fun bar(what: String, progress: Progress) {
    val total = progress.bytesTotal ?: return
    val share = if (total == 0L) 0 else 100 * progress.bytesDone / total
    print("\r   $what [${"#".repeat((share * 30 / 100).toInt()).padEnd(30, '.')}] $share %")
    if (progress.phase == Phase.DONE) println()
}

/** A hash of a file's content, read piece by piece so that a large one needs little memory. */
fun sha256(path: Path): ByteArray {
    val hash = MessageDigest.getInstance("SHA-256")
    DigestInputStream(path.inputStream(), hash).use { it.copyTo(OutputStream.nullOutputStream()) }
    return hash.digest()
}
