import FileFerry
import Foundation
import Testing

/// The error that something throws.
func fileFerryError(
    _ location: SourceLocation = #_sourceLocation, from work: () async throws -> Void
) async -> FileFerryError? {
    do {
        try await work()
        Issue.record("nothing was thrown", sourceLocation: location)
    } catch let error as FileFerryError {
        return error
    } catch {
        Issue.record("\(error) was thrown", sourceLocation: location)
    }
    return nil
}

/// Cancels a task, which has to end at once and not when a timeout of ours comes to its help.
func expectCancelled(
    _ task: Task<some Sendable, any Error>, _ location: SourceLocation = #_sourceLocation
) async {
    let start = Date()
    task.cancel()
    await #expect(throws: CancellationError.self, sourceLocation: location) { _ = try await task.value }
    #expect(Date().timeIntervalSince(start) < 5, sourceLocation: location)
}

/// Collects what closures tell, on whatever thread.
final class Collected<Element: Sendable>: @unchecked Sendable {
    // Unchecked: the lock guards the list.
    private let lock = NSLock()
    private var elements: [Element] = []

    var all: [Element] { lock.withLock { elements } }

    func add(_ element: Element) {
        lock.withLock { elements.append(element) }
    }
}

/// A folder for one test, removed with it.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("fileferry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func file(_ name: String, _ content: Data) throws -> URL {
        let file = url.appendingPathComponent(name)
        try content.write(to: file)
        return file
    }
}

/// The full disk and the file that nobody can read, where they could be mounted.
enum TestDisks {
    static let folder = ProcessInfo.processInfo.environment["FILEFERRY_TEST_DISKS"].map {
        URL(fileURLWithPath: $0, isDirectory: true)
    }

    static let missing: Comment =
        "FILEFERRY_TEST_DISKS is not set: `cargo xtask test` mounts both, where it is root on Linux"
}

/// Bytes among which a piece that is lost or doubled shows: their pattern fits no usual size of a piece.
func content(_ length: Int) -> Data {
    var bytes = Data((0..<4093).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
    while bytes.count < length { bytes.append(bytes) }
    return bytes.prefix(length)
}

/// All forms in which a program may print a value.
func printed(_ value: some Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return "\(value) \(String(reflecting: value)) \(dumped)"
}
