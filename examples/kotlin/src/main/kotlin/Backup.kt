// `backup FOLDER`: uploads a folder under today's date. What is stored already is found by its hash and costs no bytes.

import dev.fileferry.FolderProgress
import dev.fileferry.Keep2Share
import java.nio.file.Path
import java.time.LocalDate
import kotlin.io.path.name

fun main(arguments: Array<String>) {
    program("backup FOLDER", arguments) { (folder) ->
        // Written out, as `.` has no name.
        val path = Path.of(folder).toAbsolutePath().normalize()
        val name = "${path.name} ${LocalDate.now()}"
        Keep2Share(
            username = System.getenv("FILEFERRY_USERNAME"),
            password = System.getenv("FILEFERRY_PASSWORD"),
            baseUrl = System.getenv("FILEFERRY_BASE_URL"),
        ).use { k2s ->
            val backups = k2s.makeFolder("Backups", existOk = true)
            val report = k2s.uploadFolder(path, folder = backups, name = name, onProgress = ::draw)
            println()
            for (item in report.items) {
                item.error?.let { println("not backed up: ${item.path}: ${it.message}") }
            }
            println("backed up ${report.uploaded} files (${report.bytes} bytes) to /Backups/$name")
            if (report.failed == 0L) 0 else 1
        }
    }
}

/** Draws on one line how far it is. */
fun draw(progress: FolderProgress) {
    // Nothing is counted yet.
    if (progress.filesTotal == 0L) return
    val share = if (progress.bytesTotal == 0L) 100 else 100 * progress.bytesDone / progress.bytesTotal
    print("\r${progress.filesDone} of ${progress.filesTotal} files, $share %")
}
