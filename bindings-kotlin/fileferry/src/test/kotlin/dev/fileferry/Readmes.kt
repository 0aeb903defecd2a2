package dev.fileferry

import kotlinx.coroutines.delay
import java.nio.file.Path
import kotlin.time.Duration.Companion.seconds

// The code that the READMEs show: compiled with the tests, so that it cannot drift, and never run.

suspend fun quickStart(token: String, path: Path) {
    Keep2Share(accessToken = token).use { k2s ->
        k2s.files.iterFilesList(parent = "/").collect { println(it.name) }
        val file = k2s.upload(path, folder = "/") { progress -> println(progress.bytesDone) }
        println(file.link)
    }
}

suspend fun start(token: String) {
    Keep2Share(accessToken = token).use { k2s ->
        k2s.files.iterFilesList(parent = "/").collect { println("${it.name}: ${it.size}") }
        val file = k2s.upload(Path.of("movie.mp4"), folder = "/") { println("${it.bytesDone} of ${it.bytesTotal}") }
        k2s.download(file, to = Path.of("copy.mp4"))
    }
}

suspend fun delete(k2s: Keep2Share, id: String) {
    try {
        k2s.downloads.getUrl(id)
    } catch (error: FileFerryException) {
        when (error.kind) {
            ErrorKind.NOT_FOUND -> println("gone already")
            ErrorKind.RATE_LIMITED -> delay(error.retryAfter ?: 1.seconds)
            else -> throw error
        }
    }
}

suspend fun signingIn(name: String, password: String) {
    val k2s = Keep2Share(username = name, password = password, onCaptcha = { ask(it.image()) })

    val flow = k2s.signIn()
    while (flow.step != Step.Done) {
        when (val step = flow.step) {
            is Step.Captcha -> flow.answer(ask(flow.image()))
            is Step.Wait -> flow.waitOut()
            else -> error("cannot do $step")
        }
    }
}

private fun ask(picture: Image): String = "${picture.bytes.size}"
