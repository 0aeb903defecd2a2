import FileFerry
import Foundation
import Testing

/// Each operation against the emulator.
@Suite struct OperationTests {
    @Test func accountInfo() async throws {
        let world = try await World()
        let info = try await world.client().account.accountInfo()
        #expect((info.availableTraffic ?? 0) > 0)
        #expect((info.accountExpires ?? .distantPast) > Date())
    }

    @Test func loginGivesAToken() async throws {
        let world = try await World()
        let client = try Keep2Share(options: world.options())
        let result = try await client.auth.login(
            username: world.account("free", "username"), password: world.account("free", "password"))
        #expect(!result.authToken.isEmpty)
        #expect(!printed(result).contains(result.authToken))
    }

    @Test func captchasAreAskedForAndFetched() async throws {
        let world = try await World()
        let client = try Keep2Share(options: world.options())
        let captcha = try await client.auth.requestCaptcha()
        let picture = try await client.auth.captcha(id: captcha.challenge)
        #expect(picture.mediaType?.hasPrefix("image/") == true)
        let bytes = try await picture.readAll()
        #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(picture.length == nil || picture.length == Int64(bytes.count))
    }

    @Test func foldersAreMadeListedAndDeleted() async throws {
        let world = try await World()
        let client = try world.client()
        let folder = try await client.files.createFolder(name: "Holidays", parent: "/", access: .private)
        let list = try await client.files.getFilesList(parent: "/", limit: 10, sort: .init(name: .ascending))
        let listed = try #require(list.files.first { $0.id == folder.id })
        #expect(listed.name == "Holidays")
        #expect(listed.isFolder == true)
        let deleted = try await client.files.deleteFiles(ids: [folder.id])
        #expect(deleted.deleted == 1)
        #expect(try await client.files.getFilesList().files.allSatisfy { $0.id != folder.id })
    }

    @Test func pagesFollowEachOther() async throws {
        let world = try await World()
        let client = try world.client()
        let parent = try await client.files.createFolder(name: "Many").id
        for number in 1...5 { _ = try await client.files.createFolder(name: "Folder \(number)", parent: parent) }
        _ = try await world.order("clock", ["advance_s": 0])
        var names: [String] = []
        let pages = client.files.iterFilesList(parent: .value(parent), limit: 2, sort: .init(name: .ascending))
        for try await file in pages { names.append(file.name ?? "") }
        #expect(names == (1...5).map { "Folder \($0)" })
        #expect(try await world.requests("getFilesList").count == 3)
        // A walk begins anew each time.
        var first = pages.makeAsyncIterator()
        #expect(try await first.next()?.name == "Folder 1")
    }

    @Test func aParameterHasThreeStates() async throws {
        let world = try await World()
        let client = try world.client()
        _ = try await client.files.getFilesList()
        _ = try await client.files.getFilesList(parent: .null)
        _ = try await client.files.getFilesList(parent: "/")
        let parents = try await world.requests("getFilesList").map { $0["body"]?["parent"] }
        #expect(parents == [nil, .null, "/"])
    }

    @Test func formsAndLinksAreHandedOut() async throws {
        let world = try await World()
        let client = try world.client()
        let form = try await client.uploads.getUploadFormData(parentId: "/")
        #expect(!form.fileField.isEmpty)
        let entry = try await client.upload(content(100), name: "small.bin")
        let link = try await client.downloads.getUrl(fileId: try #require(entry.id))
        let url = try #require(link.url)
        #expect(url.hasPrefix("http"))
        #expect(!printed(link).contains(url))
        #expect(!printed(form).contains(form.formAction))
    }

    @Test func undescribedRequestsAreSent() async throws {
        let world = try await World()
        let answer = try await world.client().request("POST", "accountInfo")
        #expect(answer?["available_traffic"] != nil)
        #expect(try await world.requests("accountInfo").count == 1)
    }

    @Test func aRequestIsRepeatedWhereThatDoesNoHarm() async throws {
        let world = try await World()
        let client = try world.client()
        try await world.fault("status", at: "accountInfo", ["status": 503, "times": 2])
        let error = await fileFerryError { _ = try await client.request("POST", "accountInfo") }
        #expect(error?.kind == .unavailable)
        _ = try await client.request("POST", "accountInfo", options: CallOptions(isIdempotent: true))
        #expect(try await world.requests("accountInfo").count == 3)
    }

    @Test func optionsReachTheWire() async throws {
        let world = try await World()
        let responses = Collected<Int>()
        let types = Collected<String>()
        let options = CallOptions(maxAttempts: 1, extra: ["new_parameter": 5]) { status, headers in
            responses.add(status)
            for header in headers where header.name == "content-type" { types.add(header.value) }
        }
        // The emulator is strict, so the parameter that it does not know is an error, and the response is told of.
        let error = await fileFerryError { _ = try await world.client().account.accountInfo(options: options) }
        #expect(error?.serviceCode == "2")
        #expect(responses.all == [400])
        #expect(types.all.first?.hasPrefix("application/json") == true)
        #expect(try await world.requests("accountInfo").first?["body"]?["new_parameter"] == 5)
    }
}
