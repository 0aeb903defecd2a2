import FileFerry
import Foundation
import Testing

@Suite struct ErrorTests {
    @Test func anErrorHasAllFields() async throws {
        let world = try await World()
        let client = try world.client()
        let error = await fileFerryError { _ = try await client.downloads.getUrl(fileId: "ffffffffffff0") }
        #expect(error?.kind == .notFound)
        #expect(error?.service == "keep2share")
        #expect(error?.operation == "downloads.getUrl")
        #expect(error?.serviceCode == "20")
        #expect(error?.name == "file_not_found")
        #expect(error?.httpStatus == 406)
        #expect(error?.message.isEmpty == false)
        #expect(error?.isRetryable == false)
        #expect(error?.attempts == 1)
    }

    @Test func subErrorsAndWaitsAreKept() async throws {
        let world = try await World()
        try await world.fault(
            "error", at: "getUrl",
            [
                "code": 42, "http_status": 406, "message": "Wait",
                "errors": [["code": 5, "message": "Wait", "timeRemaining": "125"]],
            ])
        let client = try world.client { $0.retryAfterCap = 1 }
        let error = await fileFerryError { _ = try await client.downloads.getUrl(fileId: "ffffffffffff0") }
        #expect(error?.kind == .waitRequired)
        #expect(error?.retryAfter == 125)
        #expect(error?.details.subErrors.first?.code == "5")
        #expect(error?.details.subErrors.first?.wait == 125)
    }

    @Test func wrongCredentialsAreTold() async throws {
        let world = try await World()
        let client = try Keep2Share(
            username: world.account("free", "username"), password: "wr0ng-pa55word", options: world.options())
        let error = await fileFerryError { _ = try await client.account.accountInfo() }
        #expect(error?.kind == .invalidCredentials)
        #expect(printed(error as Any).contains("wr0ng-pa55word") == false)
    }

    @Test func temporaryFailuresAreRepeated() async throws {
        let world = try await World()
        try await world.fault("status", at: "accountInfo", ["status": 503])
        _ = try await world.client().account.accountInfo()
        #expect(try await world.requests("accountInfo").count == 2)
    }

    @Test(arguments: ["html", "half_json", "empty_body"])
    func bodiesThatAreNoAnswer(fault: String) async throws {
        let world = try await World()
        try await world.fault(fault, at: "createFolder")
        let client = try world.client()
        let error = await fileFerryError { _ = try await client.files.createFolder(name: "Folder") }
        #expect([.serverError, .invalidAnswer].contains(error?.kind))
    }

    @Test func gluedAnswersAreRead() async throws {
        let world = try await World()
        try await world.fault("glued_json", at: "accountInfo")
        #expect(try await world.client().account.accountInfo().availableTraffic != nil)
    }

    @Test func whatDoesNotFitIsKeptBesideTheFields() async throws {
        let world = try await World()
        let body = #"{"status":"success","code":200,"available_traffic":1.5,"new":[1]}"#
        try await world.fault("body", at: "accountInfo", ["body": .string(body), "content_type": "application/json"])
        let info = try await world.client().account.accountInfo()
        #expect(info.availableTraffic == nil)
        #expect(info.extra == ["available_traffic": 1.5, "new": [1]])
    }

    @Test func answersOverTheLimitAreRefused() async throws {
        let world = try await World()
        try await world.fault("long_json", at: "accountInfo", ["size": 300_000, "times": nil])
        let client = try world.client { $0.maxJSON = 100_000 }
        let error = await fileFerryError { _ = try await client.account.accountInfo() }
        #expect(error?.kind == .tooLarge)
    }

    @Test func badArgumentsAreFoundBeforeAnythingIsSent() async throws {
        let world = try await World()
        let client = try world.client()
        let wrong: [@Sendable () async throws -> Void] = [
            { _ = try await client.files.getFilesList(limit: 0) },
            { _ = try await client.files.getFilesList(limit: 10_001) },
            { _ = try await client.files.getFilesList(offset: -1) },
            { _ = try await client.files.createFolder(name: "") },
            { _ = try await client.files.deleteFiles(ids: []) },
            { _ = try await client.account.accountInfo(options: CallOptions(deadline: -1)) },
            { _ = try await client.account.accountInfo(options: CallOptions(deadline: .nan)) },
            { _ = try await client.account.accountInfo(options: CallOptions(method: "BREW")) },
            { _ = try await client.upload(URL(fileURLWithPath: "/nowhere/at/all.bin")) },
            { _ = try await client.upload(FileManager.default.temporaryDirectory) },
            { _ = try await client.upload(try #require(URL(string: "https://example.com/x"))) },
            { _ = try await client.upload(UploadSource.stream(length: -1, AsyncStream<Data> { $0.finish() })) },
            { _ = try await client.download("id", to: try #require(URL(string: "https://example.com/x"))) },
            { for try await _ in client.files.iterFilesList(limit: 0) {} },
        ]
        for (index, call) in wrong.enumerated() {
            let error = await fileFerryError { try await call() }
            #expect([.invalidArgument, .io, .notFound].contains(error?.kind), "call \(index): \(error as Any)")
            #expect(error?.message.isEmpty == false)
        }
        #expect(try await world.get("requests")["requests"] == [])
    }

    @Test func badOptionsAreRefused() throws {
        #expect(throws: FileFerryError.self) { try Keep2Share(accessToken: "a\nb") }
        #expect(throws: FileFerryError.self) { try Keep2Share(options: ClientOptions(baseURL: "not an address")) }
        #expect(throws: FileFerryError.self) { try Keep2Share(options: ClientOptions(host: "nobody")) }
        #expect(throws: FileFerryError.self) {
            try Keep2Share(accessToken: "x", options: ClientOptions(baseURL: "http://example.com/api"))
        }
        _ = try Keep2Share(options: ClientOptions(baseURL: "http://127.0.0.1:9/api"))
    }

    @Test func nobodyListens() async throws {
        let client = try Keep2Share(
            accessToken: "x", options: ClientOptions(baseURL: "http://127.0.0.1:9/api", maxAttempts: 1))
        let error = await fileFerryError { _ = try await client.account.accountInfo() }
        #expect(error?.kind == .network)
        #expect(error?.isRetryable == true)
        #expect(error?.causes.isEmpty == false)
    }
}
