// `links LIST FOLDER`: downloads the files whose links stand in a text file, a line each, three at once.

import dev.fileferry.FileFerryException
import dev.fileferry.Keep2Share
import dev.fileferry.LinkKind
import dev.fileferry.parseLink
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.sync.withPermit
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.readLines

fun main(arguments: Array<String>) {
    program("links LIST FOLDER", arguments) { (list, folder) ->
        val links = Path.of(list).readLines().map { it.trim() }.filter { it.isNotEmpty() }
        val to = Path.of(folder).also { it.createDirectories() }
        Keep2Share(
            username = System.getenv("FILEFERRY_USERNAME"),
            password = System.getenv("FILEFERRY_PASSWORD"),
            baseUrl = System.getenv("FILEFERRY_BASE_URL"),
        ).use { k2s ->
            val three = Semaphore(3)
            val downloads = links.map { link -> async { three.withPermit { save(k2s, link, to) } } }
            val saved = downloads.awaitAll().count { it }
            println("$saved of ${links.size} links downloaded")
            if (saved == links.size) 0 else 1
        }
    }
}

/** Downloads what a link leads to and tells what became of it; whether the file is there. */
suspend fun save(k2s: Keep2Share, link: String, folder: Path): Boolean {
    if (parseLink(link)?.kind != LinkKind.FILE) {
        println("skipped $link: not the link of a file")
        return false
    }
    try {
        val file = k2s.download(link, to = folder)
        println("saved $link as ${file.path}")
        return true
    } catch (error: FileFerryException) {
        println("failed $link: ${error.kind}: ${error.message}")
        return false
    }
}
