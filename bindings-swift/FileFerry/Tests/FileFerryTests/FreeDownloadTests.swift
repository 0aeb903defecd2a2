import FileFerry
import Foundation
import Testing

@Suite struct FreeDownloadTests {
    @Test func aFreeDownloadGoesStepByStep() async throws {
        let (world, folder) = (try await World(), try TemporaryFolder())
        let file = try await world.file()
        let client = try world.signingIn("free")
        let destination = folder.url.appendingPathComponent("movie.bin")
        let refused = await fileFerryError { _ = try await client.download(file, to: destination) }
        #expect(refused?.kind == .captchaRequired)

        let flow = try await client.freeDownload("https://k2s.cc/file/\(file)/movie.bin")
        guard case .captcha(let first) = await flow.step else { throw TestFailure("no captcha") }
        let wrong = await fileFerryError { _ = try await first.answer("wrong") }
        #expect(wrong?.kind == .captchaInvalid)
        guard case .captcha(let second) = await flow.step else { throw TestFailure("no second captcha") }
        // The first one takes no answer now, not even a right one: it would count for the other.
        let over = await fileFerryError { _ = try await first.answer(try await world.answer(to: second)) }
        #expect(over?.kind == .invalidArgument)
        #expect(over?.name == "step_is_over")
        guard case .wait(let wait) = try await second.answer(try await world.answer(to: second)) else {
            throw TestFailure("no wait")
        }
        #expect(wait.seconds == 32)
        // Too early it is another wait, and nothing is lost.
        guard case .wait(let early) = try await wait.proceed() else { throw TestFailure("no second wait") }
        // The service wants a second more than it tells.
        try await world.order("clock", ["advance_s": 31])
        guard case .done = try await early.proceed() else { throw TestFailure("the step is \(await flow.step)") }
        #expect(try await client.download(file, to: destination).size == 3000)
    }

    @Test func aHandlerLeadsThroughAFreeDownload() async throws {
        let (world, folder) = (try await World(), try TemporaryFolder())
        let file = try await world.file()
        try await world.order("odd", ["service": "keep2share", "name": "time_wait_zero"])
        let asked = Collected<String>()
        let client = try world.signingIn("free") { options in
            options.freeWaitMargin = 0
            options.onCaptcha = { captcha in
                asked.add(captcha.challenge ?? "")
                return try await world.answer(to: captcha)
            }
        }
        #expect(try await client.download(file, to: folder.url).id == file)
        var bytes = 0
        for try await chunk in try await client.downloadStream(file) { bytes += chunk.count }
        #expect(bytes == 3000)
        #expect(asked.all.count == 1, "the ticket is good for another link")
    }

    @Test(.timeLimit(.minutes(1)), arguments: [(1.0, 600.0), (600.0, 20.0)])
    func aWaitThatIsTooLongForAHandlerOrTheCallIsAnErrorAtOnce(cap: Double, deadline: Double) async throws {
        let (world, folder) = (try await World(), try TemporaryFolder())
        let file = try await world.file()
        let client = try world.signingIn("free") { options in
            options.retryAfterCap = cap
            options.onCaptcha = { try await world.answer(to: $0) }
        }
        let error = await fileFerryError {
            _ = try await client.download(file, to: folder.url, options: CallOptions(deadline: deadline))
        }
        #expect(error?.kind == .waitRequired)
        #expect(error?.retryAfter == 32)
    }

    @Test func aHandlerThatIsAlwaysWrongIsAskedThreeTimes() async throws {
        let world = try await World()
        let file = try await world.file()
        let asked = Collected<String>()
        let client = try world.signingIn("free") { options in
            options.onCaptcha = { captcha in
                asked.add(captcha.challenge ?? "")
                return "wrong"
            }
        }
        let error = await fileFerryError { _ = try await client.downloadStream(file) }
        #expect(error?.kind == .captchaInvalid)
        #expect(asked.all.count == 3)
    }

    @Test(.timeLimit(.minutes(1))) func aHandlerThatMakesAFreeDownloadGetsItsError() async throws {
        let world = try await World()
        let file = try await world.file()
        try await world.order("odd", ["service": "keep2share", "name": "time_wait_zero"])
        let (kinds, clients) = (Collected<FileFerryError.Kind>(), Collected<Keep2Share>())
        let client = try world.signingIn("free") { options in
            options.freeWaitMargin = 0
            options.onCaptcha = { captcha in
                guard let own = clients.all.first else { throw TestFailure("no client") }
                let error = await fileFerryError { _ = try await own.downloadStream(file) }
                if let error { kinds.add(error.kind) }
                guard case .captcha = await (try own.freeDownload(file)).step else { throw TestFailure("no captcha") }
                return try await world.answer(to: captcha)
            }
        }
        clients.add(client)
        var bytes = 0
        for try await chunk in try await client.downloadStream(file) { bytes += chunk.count }
        #expect(bytes == 3000)
        #expect(kinds.all == [.captchaRequired])
    }

    @Test func cancellingEndsTheWaitOfAFreeDownload() async throws {
        let (world, folder) = (try await World(), try TemporaryFolder())
        let file = try await world.file()
        let client = try world.signingIn("free") { $0.onCaptcha = { try await world.answer(to: $0) } }
        let download = Task { try await client.download(file, to: folder.url) }
        // The third one brings the ticket, and half a minute of wait.
        try await world.wait(for: "answered", of: "getUrl", count: 3)
        download.cancel()
        await #expect(throws: CancellationError.self) { try await download.value }
    }
}

extension World {
    /// The id of a file of somebody else.
    fileprivate func file() async throws -> String {
        let owner = JSONValue.string(try account("premium", "username"))
        let made = try await order(
            "files", ["service": "keep2share", "username": owner, "name": "movie.bin", "size": 3000])
        guard case .array(let ids)? = made["ids"], case .string(let id)? = ids.first else { throw TestFailure("no id") }
        return id
    }
}
