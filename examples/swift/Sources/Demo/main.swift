// A walk through the package: sign in, make a folder, upload twice, list, download, compare, delete, and one error.

import FileFerry
import Foundation

let environment = ProcessInfo.processInfo.environment
let path = URL(fileURLWithPath: environment["FILEFERRY_FILE"] ?? "movie.mp4")
let copy = URL(fileURLWithPath: environment["FILEFERRY_DOWNLOAD"] ?? "movie-copy.mp4")
var steps = 0

let k2s = try Keep2Share(
    username: environment["FILEFERRY_USERNAME"], password: environment["FILEFERRY_PASSWORD"],
    options: ClientOptions(baseURL: environment["FILEFERRY_BASE_URL"]))

let account = try await k2s.account.accountInfo()
step("signed in; \(account.availableTraffic ?? 0) bytes of traffic left today")

let folder = try await k2s.files.createFolder(name: "fileferry demo")
step("made the folder \(folder.id)")

let file = try await k2s.upload(path, folder: folder.id) { draw("upload", $0) }
step("uploaded \(file.name)")

let sent = Sent()
let again = try await k2s.upload(path, folder: folder.id, name: "the-same-again") { sent.bytes = $0.bytesOnWire }
guard sent.bytes == 0 else { fatalError("content that is stored already was sent again") }
step("uploaded again as \(again.name): found by its hash, no byte was sent")

for try await item in k2s.files.iterFilesList(parent: .value(folder.id)) {
    write("   \(item.name ?? item.id)  \(item.size ?? 0) bytes\n")
}
step("listed the folder")

try await k2s.download(file, to: copy, overwrite: true) { draw("download", $0) }
step("downloaded \(copy.lastPathComponent)")

guard FileManager.default.contentsEqual(atPath: path.path, andPath: copy.path) else {
    fatalError("the copy differs from the file")
}
step("compared: both are the same")

let id = file.id ?? ""
_ = try await k2s.files.deleteFiles(ids: [id, again.id ?? "", folder.id])
try FileManager.default.removeItem(at: copy)
step("deleted files, folder and copy")

do {
    _ = try await k2s.downloads.getUrl(fileId: id)
} catch let error as FileFerryError where error.kind == .notFound {
    step("a file that is gone: \(error.kind), code \(error.serviceCode ?? "none"), \"\(error.message)\"")
}

k2s.close()
write(#"RESULT {"steps": \#(steps), "bytes": \#(file.size ?? 0), "outcome": "ok"}"# + "\n")

/// How many bytes went out. The upload tells it one event after the other, and it is read when the upload is over.
final class Sent: @unchecked Sendable {
    var bytes: Int64 = 0
}

/// Counts what was done.
@MainActor func step(_ text: String) {
    steps += 1
    write("\(steps). \(text)\n")
}

/// Draws a bar while a transfer goes on.
@Sendable func draw(_ what: String, _ progress: TransferProgress) {
    let share = progress.fraction ?? 0
    let bar = String(repeating: "#", count: Int(share * 30)).padding(toLength: 30, withPad: ".", startingAt: 0)
    let end = progress.phase == .done ? "\n" : ""
    write("\r   \(what) [\(bar)] \(Int(share * 100)) %\(end)")
}

/// Writes at once; `print` keeps its text back until a line is full.
@Sendable func write(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
}
