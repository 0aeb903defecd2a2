// links LIST FOLDER: downloads the files whose links stand in a text, one a line, three at once.

import FileFerry
import Foundation

let environment = ProcessInfo.processInfo.environment
guard CommandLine.arguments.count == 3 else { quit("usage: links LIST FOLDER") }
let list = URL(fileURLWithPath: CommandLine.arguments[1])
let folder = URL(fileURLWithPath: CommandLine.arguments[2], isDirectory: true)

do {
    let k2s = try Keep2Share(
        username: environment["FILEFERRY_USERNAME"], password: environment["FILEFERRY_PASSWORD"],
        options: ClientOptions(baseURL: environment["FILEFERRY_BASE_URL"]))
    let lines = try String(contentsOf: list, encoding: .utf8).split(whereSeparator: \.isNewline)
    let links = lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

    let downloads = Task { try await saveAll(links, from: k2s) }
    // Ctrl-C cancels the downloads, so that none leaves a part of a file behind.
    signal(SIGINT, SIG_IGN)
    let interrupts = DispatchSource.makeSignalSource(signal: SIGINT, queue: .main)
    interrupts.setEventHandler { downloads.cancel() }
    interrupts.activate()

    let saved = try await downloads.value
    write("\(saved) of \(links.count) links downloaded\n")
    exit(saved == links.count ? 0 : 1)
} catch is CancellationError {
    exit(130)
} catch {
    quit(error.localizedDescription)
}

/// Downloads all links, three at once; gives how many are here.
func saveAll(_ links: [String], from k2s: Keep2Share) async throws -> Int {
    try await withThrowingTaskGroup(of: Bool.self) { group in
        var saved = 0
        for (number, link) in links.enumerated() {
            // One has to end before the fourth begins.
            if number >= 3, try await group.next() == true { saved += 1 }
            group.addTask { try await save(link, from: k2s) }
        }
        for try await isSaved in group where isSaved { saved += 1 }
        return saved
    }
}

/// Downloads a link and tells how that went; gives whether the file is here. Only being cancelled is an error.
@Sendable func save(_ link: String, from k2s: Keep2Share) async throws -> Bool {
    do {
        guard try parseLink(link)?.kind == .file else {
            write("skipped \(link): not the link of a file\n")
            return false
        }
        let file = try await k2s.download(link, to: folder)
        write("saved \(link) as \(file.path ?? "")\n")
        return true
    } catch let error as FileFerryError {
        write("failed \(link): \(error.kind): \(error)\n")
        return false
    }
}

/// Writes at once; `print` keeps its text back until a line is full.
@Sendable func write(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
}

func quit(_ message: String) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    exit(1)
}
