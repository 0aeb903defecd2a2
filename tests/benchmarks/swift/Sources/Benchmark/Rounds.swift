import Foundation

/// Records in the listing.
let records = 10_000

/// How often things are done: long enough for figures, or once each.
struct Rounds {
    let calls: Int
    private let warmUp: Duration
    private let rounds: Int

    init(quick: Bool) {
        calls = quick ? 1 : 1000
        warmUp = quick ? .zero : .seconds(2)
        rounds = quick ? 1 : 15
    }

    /// Runs until it is warm, then prints microseconds an item, one number a round.
    func time(_ name: String, items: Int, _ body: () async throws -> Void) async throws {
        let clock = ContinuousClock()
        let begun = clock.now
        while clock.now - begun < warmUp { try await body() }
        var took: [String] = []
        for _ in 0..<rounds {
            let microseconds = try await clock.measure(body) / .microseconds(1)
            took.append(String(format: "%.3f", microseconds / Double(items)))
        }
        FileHandle.standardOutput.write(Data("\(name): \(took.joined(separator: " "))\n".utf8))
    }
}
