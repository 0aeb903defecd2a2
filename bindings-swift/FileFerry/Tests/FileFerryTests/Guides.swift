// The code that the guides show: compiled with the tests, so that it cannot drift, and never run.

import FileFerry
import Foundation

private func signedIn(_ kept: String?) throws -> Keep2Share {
    var options = ClientOptions(session: kept, onSession: keep)
    options.onCaptcha = { captcha in
        if captcha.kind == "page" { return await askOnPage(captcha.url) }
        return await askForText(try await captcha.image().data)
    }
    let client = try Keep2Share(username: "me@example.com", password: "correct horse", options: options)
    return client
}

@Sendable private func keep(_ session: String) {}

@Sendable private func askOnPage(_ url: String?) async -> String { url ?? "" }

@Sendable private func askForText(_ picture: Data) async -> String { "\(picture.count)" }

private func errors(_ client: Keep2Share) async throws {
    do {
        let file = try await client.download("5f0c2b7e41a3d", to: URL(fileURLWithPath: "movie.mp4"))
        print(file.name, "is here")
    } catch let error as FileFerryError where error.kind == .notFound {
        print("it is gone")
    } catch let error as FileFerryError where error.isRetryable {
        print("later", error.retryAfter ?? 0, error)
    }
}

private func transfers(_ client: Keep2Share) async throws {
    let file = try await client.upload(URL(fileURLWithPath: "movie.mp4"), folder: "/") { progress in
        print(progress.bytesDone, "of", progress.bytesTotal ?? 0)
    }
    let copy = try await client.download(file, to: URL(fileURLWithPath: "downloads"), overwrite: true)
    print(copy.path ?? "")

    for try await chunk in try await client.downloadStream(file) {
        print(chunk.count, "bytes")
    }
}

private func folders(_ client: Keep2Share) async throws {
    let report = try await client.uploadFolder(URL(fileURLWithPath: "holidays"), folder: "/") { progress in
        print(progress.filesDone, "of", progress.filesTotal, "files")
    }
    for item in report.items {
        if let error = item.error { print(item.path, "failed:", error.message) }
    }
}

private func verbs(_ client: ServiceClient) async throws {
    let folder = try await client.makeFolder("Holidays", existOk: true)
    for try await entry in client.list(folder) {
        print(entry.name, entry.size ?? 0)
    }

    let file = try await client.stat("/Holidays/movie.mp4")
    try await client.rename(file, to: "first day.mp4")
    print(try await client.shareLink("/Holidays/first day.mp4"))
}

private func opened() async throws {
    let link = try parseLink("https://k2s.cc/file/5f0c2b7e41a3d/movie.mp4")
    if let link, let id = link.id {
        let client = try ServiceClient.open(link.service, credentials: ["access_token": "my-key"])
        if try client.capabilities().verbs.contains("download") {
            try await client.download(id, to: URL(fileURLWithPath: "downloads"))
        }
    }
}

private func fetched(_ client: ServiceClient) async throws {
    let stored = try await client.remoteUpload("https://example.com/movie.mp4", folder: "/Holidays") { progress in
        print(progress.fraction ?? 0)
    }
    print(stored.id ?? "")
}
