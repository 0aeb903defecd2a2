import Foundation
import Testing

/// A process ends when its program does: nothing of the library keeps it or makes it fail.
@Suite struct ExitTests {
    @Test func whileIdle() async throws {
        let world = try await World()
        try await end("idle", in: world) {}
    }

    @Test func withACallUnderWay() async throws {
        let world = try await World()
        try await world.fault("hold", at: "accountInfo")
        try await end("calling", in: world) { try await world.wait(for: "held", of: "accountInfo") }
        try await world.wait(for: "client_closed", of: "accountInfo")
    }

    private func end(_ what: String, in world: World, when: () async throws -> Void) async throws {
        let probe = Process()
        let (input, output) = (Pipe(), Pipe())
        probe.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("ExitProbe")
        probe.arguments = [what, try world.baseURL, try world.account("premium", "access_token")]
        (probe.standardInput, probe.standardOutput) = (input, output)
        let ended = AsyncStream<Int32> { stream in
            probe.terminationHandler = {
                stream.yield($0.terminationStatus)
                stream.finish()
            }
        }
        try probe.run()
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "ready\n")
        try await when()
        let start = Date()
        try input.fileHandleForWriting.close()
        var status: Int32?
        for await code in ended { status = code }
        #expect(status == 0)
        #expect(Date().timeIntervalSince(start) < 5)
    }
}
