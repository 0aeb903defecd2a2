/// Lets one call sign in while the others that need it wait for the outcome.
actor SignInQueue {
    /// How many sign-ins have succeeded.
    private(set) var count = 0

    private var isBusy = false
    private var waiting: [(id: Int, turn: CheckedContinuation<Void, any Error>)] = []
    private var nextID = 0

    /// Signs in, unless another call has done so since the count was taken; false where no handler answered. A call that
    /// is cancelled stops waiting at once.
    func run(unlessRunSince countBefore: Int, _ signIn: @Sendable () async throws -> Bool) async throws -> Bool {
        try await takeTurn()
        defer { passTurn() }
        if count != countBefore { return true }
        guard try await signIn() else { return false }
        count += 1
        return true
    }

    private func takeTurn() async throws {
        guard isBusy else {
            isBusy = true
            return
        }
        let id = nextID
        nextID += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (turn: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    turn.resume(throwing: CancellationError())
                } else {
                    waiting.append((id, turn))
                }
            }
        } onCancel: {
            Task { await self.leave(id) }
        }
    }

    private func passTurn() {
        if waiting.isEmpty {
            isBusy = false
        } else {
            waiting.removeFirst().turn.resume()
        }
    }

    private func leave(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).turn.resume(throwing: CancellationError())
    }
}
