package dev.fileferry

import java.nio.file.Path

// The code that the guides show: compiled with the tests, so that it cannot drift, and never run.

fun signedIn(kept: String?): Keep2Share {
    val client = Keep2Share(
        username = "me@example.com",
        password = "correct horse",
        session = kept,
        onSession = { keep(it) },
        onCaptcha = { question ->
            when (question.captcha.kind) {
                "page" -> askOnPage(question.captcha.url)
                else -> askForText(question.image().bytes)
            }
        },
    )
    return client
}

private fun keep(session: String) = println(session.length)

private fun askOnPage(url: String?): String? = url

private fun askForText(picture: ByteArray): String = "${picture.size}"

suspend fun errors(client: Keep2Share) {
    try {
        val file = client.download("5f0c2b7e41a3d", to = Path.of("movie.mp4"))
        println("${file.name} is here")
    } catch (error: FileFerryException) {
        when {
            error.kind == ErrorKind.NOT_FOUND -> println("it is gone")
            error.isRetryable -> println("later (${error.retryAfter}): ${error.message}")
            else -> throw error
        }
    }
}

suspend fun transfers(client: Keep2Share) {
    val file = client.upload(Path.of("movie.mp4"), folder = "/") { progress ->
        println("${progress.bytesDone} of ${progress.bytesTotal}")
    }
    val copy = client.download(file, to = Path.of("downloads"), overwrite = true)
    println(copy.path)

    client.downloadStream(file.id.orEmpty()).use { stream ->
        stream.chunks().collect { println("${it.size} bytes") }
    }
}

suspend fun folders(client: Keep2Share) {
    val report = client.uploadFolder(Path.of("holidays"), folder = "/") { progress ->
        println("${progress.filesDone} of ${progress.filesTotal} files")
    }
    println("${report.uploaded} files, ${report.bytes} bytes")
    for (item in report.items) {
        item.error?.let { println("${item.path}: ${it.message}") }
    }
}

suspend fun verbs(client: ServiceClient) {
    val folder = client.makeFolder("Holidays", existOk = true)
    client.list(folder).collect { entry -> println("${entry.name}: ${entry.size} bytes") }

    val file = client.stat("/Holidays/movie.mp4")
    client.rename(file, "first day.mp4")
    println(client.shareLink("/Holidays/first day.mp4"))
}

suspend fun opened() {
    val link = parseLink("https://k2s.cc/file/5f0c2b7e41a3d/movie.mp4")
    val id = link?.id
    if (id != null) {
        ServiceClient.open(link.service, mapOf("access_token" to "my-key")).use { client ->
            if ("download" in client.capabilities().verbs) client.download(id, to = Path.of("downloads"))
        }
    }
}

suspend fun fetched(client: ServiceClient) {
    val stored = client.remoteUpload("https://example.com/movie.mp4", folder = "/Holidays") { progress ->
        println(progress.fraction)
    }
    println(stored.id)
}
