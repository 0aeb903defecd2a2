// backup FOLDER: uploads a folder to /Backups, under its name and today's date. What is stored already is found by its
// hash, so that an unchanged file costs no bytes.

import FileFerry
import Foundation

let environment = ProcessInfo.processInfo.environment
guard CommandLine.arguments.count == 2 else { quit("usage: backup FOLDER") }
let folder = URL(fileURLWithPath: CommandLine.arguments[1]).standardizedFileURL
let today = Date().formatted(Date.ISO8601FormatStyle(timeZone: .current).year().month().day())
let name = "\(folder.lastPathComponent) \(today)"

do {
    let k2s = try Keep2Share(
        username: environment["FILEFERRY_USERNAME"], password: environment["FILEFERRY_PASSWORD"],
        options: ClientOptions(baseURL: environment["FILEFERRY_BASE_URL"]))
    let backups = try await k2s.makeFolder("Backups", existOk: true)
    let report = try await k2s.uploadFolder(folder, folder: backups, name: name, onProgress: draw)
    write("\n")
    for item in report.items {
        if let error = item.error { write("not backed up: \(item.path): \(error.message)\n") }
    }
    write("backed up \(report.uploaded) files (\(report.bytes) bytes) to /Backups/\(name)\n")
    exit(report.failed == 0 ? 0 : 1)
} catch let error as FileFerryError {
    quit("\(error.kind): \(error)")
}

/// Draws how far it is, over what it drew before.
@Sendable func draw(_ progress: FolderProgress) {
    let percent = progress.bytesTotal == 0 ? 100 : progress.bytesDone * 100 / progress.bytesTotal
    write("\r\(progress.filesDone) of \(progress.filesTotal) files, \(percent) %")
}

/// Writes at once; `print` keeps its text back until a line is full.
@Sendable func write(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
}

func quit(_ message: String) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    exit(1)
}
