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

final class LogListener: FfiLogListener {
    private let relay: Relay<LogEntry>

    init(_ handler: @escaping @Sendable (LogEntry) -> Void) {
        relay = Relay(keepingNewest: 256, handler)
    }

    func onLog(level: String, service: String, operation: String?, message: String) {
        relay.send(LogEntry(level: level, service: service, operation: operation, message: message))
    }
}

final class ProgressListener: FfiProgressListener {
    private let relay: Relay<TransferProgress>

    init(_ handler: @escaping @Sendable (TransferProgress) -> Void) {
        relay = Relay(keepingNewest: 8, handler)
    }

    func onProgress(progress: FfiProgress) {
        relay.send(TransferProgress(progress))
    }

    func finish() async {
        await relay.finish()
    }
}
