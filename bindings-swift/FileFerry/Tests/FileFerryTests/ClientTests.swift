import Foundation
import Testing

@testable import FileFerry

@Suite struct ClientTests {
    @Test func cancellingATaskClosesTheSocket() async throws {
        let world = try await World()
        try await world.fault("hold", at: "accountInfo")
        let client = try world.client()
        let call = Task { try await client.account.accountInfo() }
        try await world.wait(for: "held", of: "accountInfo")
        await expectCancelled(call)
        try await world.wait(for: "client_closed", of: "accountInfo")
        #expect((try await client.account.accountInfo().availableTraffic ?? 0) > 0)
    }

    @Test func aTaskThatIsAlreadyCancelledSendsNothing() async throws {
        let world = try await World()
        let client = try world.client()
        let call = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.account.accountInfo()
        }
        await #expect(throws: CancellationError.self) { try await call.value }
        #expect(try await world.requests("accountInfo").isEmpty)
    }

    @Test func cancellingAWalkOverPages() async throws {
        let world = try await World()
        try await world.fault("hold", at: "getFilesList")
        let client = try world.client()
        let walk = Task { for try await _ in client.files.iterFilesList() {} }
        try await world.wait(for: "held", of: "getFilesList")
        await expectCancelled(walk)
        try await world.wait(for: "client_closed", of: "getFilesList")
    }

    @Test func closingEndsTheCalls() async throws {
        let world = try await World()
        try await world.fault("hold", at: "accountInfo")
        let client = try world.client()
        async let call = fileFerryError { _ = try await client.account.accountInfo() }
        try await world.wait(for: "held", of: "accountInfo")
        client.close()
        client.close()
        #expect(await call?.kind == .closed)
        #expect(client.isClosed)
        try await world.wait(for: "client_closed", of: "accountInfo")
        #expect(await fileFerryError { _ = try await client.account.accountInfo() }?.kind == .closed)
    }

    @Test func deadlinesAreKept() async throws {
        let world = try await World()
        try await world.fault("hold", at: "accountInfo", ["times": nil])
        let client = try world.client()
        let error = await fileFerryError {
            _ = try await client.account.accountInfo(options: CallOptions(deadline: 0.2))
        }
        #expect(error?.kind == .timeout)
    }

    @Test func clientsDoNotMeet() async throws {
        let (one, other) = (try await World(), try await World())
        let (first, second) = (try one.client(), try other.client())
        async let here = first.files.createFolder(name: "Here")
        async let there = second.files.createFolder(name: "There")
        _ = try await (here, there)
        first.close()
        #expect(try await second.files.getFilesList().files.contains { $0.name == "There" })
        #expect(try await second.files.getFilesList().files.allSatisfy { $0.name != "Here" })
    }

    @Test func manyCallsAtOnce() async throws {
        let world = try await World()
        let client = try world.client()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try await client.account.accountInfo() } }
            try await group.waitForAll()
        }
        #expect(try await world.requests("accountInfo").count == 50)
    }

    @Test func aPanicIsAnErrorAndLeavesTheClientUsable() async throws {
        let world = try await World()
        let client = try world.client()
        let error = await fileFerryError { try await client.core.nothing("_panic", CallOptions()) }
        #expect(error?.kind == .internal)
        #expect(error?.message == "a defect in fileferry stopped the call")
        #expect((try await client.account.accountInfo().availableTraffic ?? 0) > 0)
    }

    @Test func aPanicThatNoCallWaitsForIsAnErrorToo() async throws {
        let made = await fileFerryError {
            _ = try ClientCore(service: "_panic", options: ClientOptions()) { _ in }
        }
        #expect(made?.kind == .internal)
        #expect(made?.message == "a defect in fileferry stopped the call")
        let client = try await World().client()
        let pages: PageSequence<Entry> = client.core.pages("_panic", CallOptions())
        #expect(await fileFerryError { for try await _ in pages {} }?.kind == .internal)
    }

    @Test func aSessionOutlivesTheCallThatMadeIt() async throws {
        let world = try await World()
        let sessions = Collected<String>()
        let client = try world.signingIn { $0.onSession = { sessions.add($0) } }
        try await world.fault("hold", at: "accountInfo")
        let call = Task { try await client.account.accountInfo() }
        try await world.wait(for: "held", of: "accountInfo")
        await expectCancelled(call)
        _ = try await client.account.accountInfo()
        #expect(sessions.all == [client.exportSession()])
        #expect(try await world.requests("login").count == 1)
    }

    @Test func nothingShowsASecret() async throws {
        let world = try await World()
        let log = Collected<LogEntry>()
        let client = try world.signingIn { $0.onLog = { log.add($0) } }
        _ = try await client.account.accountInfo()
        let session = try #require(client.exportSession())
        let (password, key) = (try world.account("premium", "password"), try world.account("premium", "access_token"))
        let token = try JSONValue(jsonText: session).text("tokens", "auth_token")
        let keyed = try world.client { $0.session = nil }
        let options = ClientOptions(session: session)
        client.close()
        let shown = [printed(client), printed(keyed), printed(options), printed(log.all)].joined()
        #expect(log.all.contains { $0.operation == "account.accountInfo" })
        for secret in [password, key, token] { #expect(!shown.contains(secret)) }
    }

    @Test func aDroppedClientIsFreed() async throws {
        let world = try await World()
        weak var core: ClientCore?
        do {
            let client = try world.client { $0.onLog = { _ in } }
            core = client.core
            _ = try await client.account.accountInfo()
        }
        #expect(core == nil)
    }
}

@Suite struct SignInTests {
    @Test func happensAtTheFirstCallAndOnce() async throws {
        let world = try await World()
        let sessions = Collected<String>()
        let client = try world.signingIn { $0.onSession = { sessions.add($0) } }
        #expect(client.exportSession() == nil)
        _ = try await client.account.accountInfo()
        _ = try await client.account.accountInfo()
        #expect(try await world.requests("login").count == 1)
        let session = try #require(client.exportSession())
        #expect(sessions.all == [session])
    }

    @Test func aSessionServesTheNextProcess() async throws {
        let world = try await World()
        let first = try world.signingIn()
        _ = try await first.account.accountInfo()
        let second = try Keep2Share(options: world.options { $0.session = first.exportSession() })
        _ = try await second.account.accountInfo()
        #expect(try await world.requests("login").count == 1)
    }

    @Test func anExpiredSessionIsRenewedOnceForAll() async throws {
        let world = try await World()
        let client = try world.signingIn()
        _ = try await client.account.accountInfo()
        try await world.order("expire", ["what": "tokens"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { _ = try await client.account.accountInfo() } }
            try await group.waitForAll()
        }
        #expect(try await world.requests("login").count == 2)
    }

    @Test func aCaptchaIsSolvedStepByStep() async throws {
        let world = try await World()
        let client = try world.signingIn("captcha")
        let flow = try await client.signIn()
        guard case .captcha(let captcha) = await flow.step else { throw TestFailure("the step is \(await flow.step)") }
        #expect(captcha.kind == "image")
        let image = try await captcha.image()
        #expect(image.mediaType == "image/png")
        #expect(image.data.count > 100)
        let answer = try await world.answer(to: captcha)
        guard case .done = try await captcha.answer(answer) else { throw TestFailure("the step is \(await flow.step)") }
        _ = try await client.account.accountInfo()
    }

    @Test func aWrongAnswerLeadsToANewCaptcha() async throws {
        let world = try await World()
        let client = try world.signingIn("captcha")
        let flow = try await client.signIn()
        guard case .captcha(let first) = await flow.step else { throw TestFailure("no captcha") }
        let error = await fileFerryError { _ = try await first.answer("wrong") }
        #expect(error?.kind == .captchaInvalid)
        guard case .captcha(let second) = await flow.step else { throw TestFailure("no second captcha") }
        #expect(second.challenge != first.challenge)
        _ = try await second.answer(try await world.answer(to: second))
        #expect(client.exportSession() != nil)
    }

    @Test func aHandlerSolvesCaptchasOnItsOwn() async throws {
        let world = try await World()
        let asked = Collected<String>()
        let client = try world.signingIn("captcha") { options in
            options.onCaptcha = { captcha in
                asked.add(captcha.challenge ?? "")
                return try await world.answer(to: captcha)
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { _ = try await client.account.accountInfo() } }
            try await group.waitForAll()
        }
        #expect(asked.all.count == 1)
    }

    @Test func aHandlerIsAskedAgainAfterAWrongAnswer() async throws {
        let world = try await World()
        let asked = Collected<String>()
        let client = try world.signingIn("captcha") { options in
            options.onCaptcha = { captcha in
                asked.add(captcha.challenge ?? "")
                return asked.all.count == 1 ? "wrong" : try await world.answer(to: captcha)
            }
        }
        _ = try await client.account.accountInfo()
        #expect(Set(asked.all).count == 2)
    }

    @Test func aHandlerThatIsAlwaysWrongIsAskedThreeTimes() async throws {
        let world = try await World()
        let asked = Collected<String>()
        let client = try world.signingIn("captcha") { options in
            options.onCaptcha = { captcha in
                asked.add(captcha.challenge ?? "")
                return "wrong"
            }
        }
        let error = await fileFerryError { _ = try await client.account.accountInfo() }
        #expect(error?.kind == .captchaInvalid)
        #expect(asked.all.count == 3)
    }

    @Test func aFlowRunsThroughByItself() async throws {
        let world = try await World()
        let client = try world.signingIn("captcha") { $0.onCaptcha = { try await world.answer(to: $0) } }
        guard case .done = await (try client.signIn()).step else { throw TestFailure("it stands at a step") }
        #expect(client.exportSession() != nil)
        let other = try world.signingIn("captcha") { $0.onConfirm = { _ in nil } }
        guard case .captcha = await (try other.signIn()).step else { throw TestFailure("nobody solves its captcha") }
        let error = await fileFerryError { _ = try await other.account.accountInfo() }
        #expect(error?.kind == .captchaRequired)
    }

    @Test(.timeLimit(.minutes(1))) func aHandlerThatMakesACallGetsItsError() async throws {
        let world = try await World()
        let (kinds, clients) = (Collected<FileFerryError.Kind>(), Collected<Keep2Share>())
        let client = try world.signingIn("captcha") { options in
            options.onCaptcha = { captcha in
                do {
                    _ = try await clients.all.first?.account.accountInfo()
                } catch let error as FileFerryError {
                    kinds.add(error.kind)
                }
                return try await world.answer(to: captcha)
            }
        }
        clients.add(client)
        _ = try await client.account.accountInfo()
        try await world.order("expire", ["what": "tokens"])
        _ = try await client.signIn()
        #expect(kinds.all == [.captchaRequired, .captchaRequired])
    }

    @Test func aStreamSurvivesTheCaptchaThatComesFirst() async throws {
        let world = try await World()
        let client = try world.signingIn("captcha") { $0.onCaptcha = { try await world.answer(to: $0) } }
        let chunks = AsyncStream<Data> { stream in
            for _ in 0..<10 { stream.yield(Data(count: 50_000)) }
            stream.finish()
        }
        let entry = try await client.upload(UploadSource.stream(length: 500_000, chunks), name: "s.bin")
        #expect(entry.size == 500_000)
    }

    @Test func withoutAHandlerACaptchaIsAnError() async throws {
        let world = try await World()
        let client = try world.signingIn("captcha")
        let error = await fileFerryError { _ = try await client.account.accountInfo() }
        #expect(error?.kind == .captchaRequired)
    }

    @Test func whatAHandlerThrowsComesOut() async throws {
        struct Declined: Error {}
        let world = try await World()
        let client = try world.signingIn("captcha") { $0.onCaptcha = { _ in throw Declined() } }
        await #expect(throws: Declined.self) { try await client.account.accountInfo() }
    }
}

extension World {
    func answer(to captcha: CaptchaStep) async throws -> String {
        try await get("captchas/\(captcha.challenge ?? "")").text("answer")
    }
}
