import Foundation

/// The time in which a client's handlers are asked: a call that one of them makes must not wait for it.
final class Asking: @unchecked Sendable {
    // Unchecked: the lock guards the flag.
    @TaskLocal private static var here: [Asking] = []

    private let client: ObjectIdentifier
    private let lock = NSLock()
    private var isOver = false

    private init(_ client: ClientCore) {
        self.client = ObjectIdentifier(client)
    }

    private var hasEnded: Bool { lock.withLock { isOver } }

    /// Runs what asks the client's handlers.
    static func run(for client: ClientCore, _ work: @Sendable () async throws -> Void) async throws {
        let own = Asking(client)
        // A task that a handler left running still has it.
        defer { own.lock.withLock { own.isOver = true } }
        try await $here.withValue(here + [own]) { try await work() }
    }

    /// Whether one of the client's handlers is what runs here.
    static func isGoingOn(for client: ClientCore) -> Bool {
        here.contains { $0.client == ObjectIdentifier(client) && !$0.hasEnded }
    }
}
