// The code that the READMEs show: compiled with the tests, so that it cannot drift, and never run.

import FileFerry
import Foundation

private func quickStart(token: String, fileURL: URL) async throws {
    let k2s = try Keep2Share(accessToken: token)
    for try await item in k2s.files.iterFilesList(parent: "/") { print(item.name ?? item.id) }
    let file = try await k2s.upload(fileURL, folder: "/") { progress in print(progress.bytesDone) }
    print(file.link ?? file.name)
}

private func start(user: String, password: String) async throws {
    let k2s = try Keep2Share(username: user, password: password)

    for try await item in k2s.files.iterFilesList(parent: "/") {
        print(item.name ?? item.id, item.size ?? 0)
    }

    let file = try await k2s.upload(URL(fileURLWithPath: "movie.mp4"), folder: "/") { progress in
        print(progress.fraction ?? 0)
    }

    do {
        try await k2s.download(file, to: URL(fileURLWithPath: "copy.mp4"))
    } catch let error as FileFerryError where error.kind == .alreadyExists {
        print("there is a copy already")
    }
}
