internal import FileFerryBridge

/// Takes events from the library's threads and hands them to a program's closure, one after another and on a thread that is
/// not the library's. A closure that is slow loses the oldest events, and never the last one.
final class Relay<Event: Sendable>: Sendable {
    private let input: AsyncStream<Event>.Continuation
    private let output: Task<Void, Never>

    init(keepingNewest limit: Int, _ handler: @escaping @Sendable (Event) -> Void) {
        let (events, input) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(limit))
        self.input = input
        output = Task {
            for await event in events { handler(event) }
        }
    }

    deinit {
        input.finish()
    }

    func send(_ event: Event) {
        input.yield(event)
    }

    /// Waits until the closure has seen everything.
    func finish() async {
        input.finish()
        await output.value
    }
}

extension Relay: FfiLogListener where Event == LogEntry {
    func onLog(level: String, service: String, operation: String?, message: String) {
        send(LogEntry(level: level, service: service, operation: operation, message: message))
    }
}

extension Relay: FfiProgressListener where Event == TransferProgress {
    func onProgress(progress: FfiProgress) {
        send(TransferProgress(progress))
    }
}

extension Relay: FfiFolderProgressListener where Event == FolderProgress {
    func onProgress(progress: FfiFolderProgress) {
        send(FolderProgress(progress))
    }
}
