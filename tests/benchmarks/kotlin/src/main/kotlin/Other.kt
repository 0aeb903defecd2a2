// The same listing as a program would else read it: the JDK's HTTP client and kotlinx.serialization.

import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.Json
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.time.LocalDateTime

@Serializable
private class Listing(val files: List<File>)

@Serializable
private class File(
    val id: String,
    val name: String? = null,
    @SerialName("is_available") val isAvailable: Boolean? = null,
    @SerialName("is_folder") val isFolder: Boolean? = null,
    @SerialName("date_created") @Serializable(Time::class) val dateCreated: LocalDateTime? = null,
    val size: Long? = null,
    val md5: String? = null,
    @SerialName("extended_info") val extendedInfo: ExtendedInfo? = null,
)

@Serializable
private class ExtendedInfo(
    val abuses: List<String>? = null,
    @SerialName("storage_object") val storageObject: Word? = null,
    val size: Long? = null,
    @SerialName("date_download_last") @Serializable(Time::class) val dateDownloadLast: LocalDateTime? = null,
    val downloads: Long? = null,
    val access: Word? = null,
    @SerialName("content_type") val contentType: String? = null,
)

/** An enum that takes words of tomorrow. */
@JvmInline
@Serializable
private value class Word(val word: String)

private object Time : KSerializer<LocalDateTime> {
    override val descriptor = PrimitiveSerialDescriptor("Time", PrimitiveKind.STRING)

    override fun deserialize(decoder: Decoder): LocalDateTime =
        LocalDateTime.parse(decoder.decodeString().replace(' ', 'T'))

    override fun serialize(encoder: Encoder, value: LocalDateTime) = encoder.encodeString(value.toString())
}

private val json = Json { ignoreUnknownKeys = true }

/** Times fetching and reading, then reading alone. */
fun otherWay(rounds: Rounds, baseUrl: String, total: Long) {
    val http = HttpClient.newHttpClient()
    val body = HttpRequest.BodyPublishers.ofString("""{"limit": 10000}""")
    val request = HttpRequest.newBuilder(URI("$baseUrl/getFilesList")).POST(body).build()
    val fetch = { http.send(request, HttpResponse.BodyHandlers.ofString()).body() }
    val check = { text: String ->
        check(json.decodeFromString<Listing>(text).files.sumOf { it.size ?: 0 } == total)
    }

    rounds.time("other", RECORDS) { check(fetch()) }
    val text = fetch()
    rounds.time("other_reading", RECORDS) { check(text) }
}
