// captcha LINK FOLDER: downloads a file without an account. A person reads the captcha, and the service wants a wait.

import FileFerry
import Foundation

/// The input ended before the captcha was solved.
struct NobodyAnswers: Error {}

guard CommandLine.arguments.count == 3 else { quit("usage: captcha LINK FOLDER") }
let link = CommandLine.arguments[1]
let folder = URL(fileURLWithPath: CommandLine.arguments[2], isDirectory: true)

do {
    var options = ClientOptions(baseURL: ProcessInfo.processInfo.environment["FILEFERRY_BASE_URL"])
    options.onCaptcha = ask
    let k2s = try Keep2Share(options: options)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

    let download = Task { try await k2s.download(link, to: folder, onProgress: show) }
    // Ctrl-C cancels the download, so that it leaves neither a part of a file nor a picture behind.
    signal(SIGINT, SIG_IGN)
    let interrupts = DispatchSource.makeSignalSource(signal: SIGINT, queue: .main)
    interrupts.setEventHandler { download.cancel() }
    interrupts.activate()

    write("saved \(try await download.value.path ?? "")\n")
} catch let error as FileFerryError {
    quit("\(error.kind): \(error)")
} catch is NobodyAnswers {
    quit("the captcha was not solved: the input has ended")
} catch is CancellationError {
    // `exit` would wait for the thread that is still reading.
    _exit(130)
} catch {
    quit(error.localizedDescription)
}

/// Asks a person what a captcha shows. After a wrong answer the library asks again.
@Sendable func ask(_ captcha: CaptchaStep) async throws -> String {
    guard captcha.kind == "image" else {
        write("Open \(captcha.url ?? "") and paste what it gives:\n")
        return try await answer()
    }
    let image = try await captcha.image()
    let name = "captcha-\(UUID().uuidString).\(image.mediaType == "image/png" ? "png" : "jpg")"
    let picture = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    try image.data.write(to: picture, options: .withoutOverwriting)
    defer { try? FileManager.default.removeItem(at: picture) }
    write("What does the picture in \(picture.path) show?\n")
    return try await answer()
}

/// The next line that is typed. A thread of its own waits for it, and who is cancelled no longer waits for that thread.
@Sendable func answer() async throws -> String {
    let lines = AsyncStream<String> { lines in
        Thread.detachNewThread {
            if let line = readLine() { lines.yield(line) }
            lines.finish()
        }
    }
    for await line in lines { return line }
    try Task.checkCancellation()
    throw NobodyAnswers()
}

/// Shows how far the download is, where the next line is drawn over it.
@Sendable func show(_ progress: TransferProgress) {
    let share = progress.fraction.map { " \(Int($0 * 100)) %" } ?? ""
    FileHandle.standardError.write(Data("\(progress.phase)\(share)   \r".utf8))
}

/// Writes at once; `print` keeps its text back until a line is full.
@Sendable func write(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
}

func quit(_ message: String) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    exit(1)
}
