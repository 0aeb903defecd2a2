// `captcha LINK FOLDER`: downloads a file without an account. The service shows a picture first, and lets some time pass.

import dev.fileferry.CaptchaQuestion
import dev.fileferry.Keep2Share
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.createTempFile
import kotlin.io.path.deleteIfExists
import kotlin.io.path.writeBytes

fun main(arguments: Array<String>) {
    program("captcha LINK FOLDER", arguments) { (link, folder) ->
        val to = Path.of(folder).also { it.createDirectories() }
        Keep2Share(baseUrl = System.getenv("FILEFERRY_BASE_URL"), onCaptcha = ::ask).use { k2s ->
            val file = k2s.download(link, to) {
                System.err.print("\r${it.phase}: ${it.bytesDone} of ${it.bytesTotal ?: "?"} bytes ")
            }
            System.err.println()
            println("saved ${file.path}")
        }
        0
    }
}

/** Shows a person the captcha; without an answer, at the end of the input, the download fails. */
suspend fun ask(question: CaptchaQuestion): String? {
    System.err.println()
    if (question.captcha.kind != "image") {
        println("Open ${question.captcha.url} and paste what it gives:")
        return readAnswer()
    }
    val image = question.image()
    val picture = createTempFile("captcha-", "." + image.mediaType.substringAfter('/'))
    try {
        picture.writeBytes(image.bytes)
        println("What does the picture in $picture show?")
        return readAnswer()
    } finally {
        picture.deleteIfExists()
    }
}

/** A line of the input. Nothing can interrupt who reads it, so a download that is cancelled does not wait for it. */
suspend fun readAnswer(): String? {
    val line = CoroutineScope(Dispatchers.IO).async { readlnOrNull() }.await()
    if (line == null) System.err.println("nobody answers: the input has ended")
    return line
}
