import FileFerry
import Foundation
import Testing

/// The verbs that all services share.
@Suite struct SharedVerbTests {
    private static let oddName = "50% #1 ü🎬.txt"

    private let world: World
    private let client: Keep2Share

    init() async throws {
        world = try await World()
        client = try world.client { $0.pollInterval = 0.001 }
    }

    /// All that stands for an entry.
    private func targets(_ entry: Entry, _ path: String) throws -> [any FileTarget] {
        [path, try #require(entry.id), entry]
    }

    private func listed(_ folder: any FileTarget = "/") async throws -> [Entry] {
        var entries: [Entry] = []
        for try await entry in client.list(folder) { entries.append(entry) }
        return entries
    }

    /// An address on this machine that a file can be fetched from: the link of one that is there.
    private func source() async throws -> String {
        let file = try await client.upload(content(1000), name: "source.bin")
        let id = try #require(file.id)
        return try #require(try await client.downloads.getUrl(fileId: id).url)
    }

    private func expectNoViolations() async throws {
        #expect(try await world.get("violations")["violations"] == [])
    }

    @Test func targetsArePathsIdsAndEntries() async throws {
        let local = try TemporaryFolder()
        let docs = try await client.makeFolder("docs")
        #expect(docs.path == "/docs" && docs.isFolder)
        for (number, folder) in try targets(docs, "/docs").enumerated() {
            try await client.upload(content(7), folder: folder, name: "\(number) \(Self.oddName)")
            #expect(try await listed(folder).count == number + 1)
            let made = try await client.makeFolder("sub", folder: folder, existOk: true)
            #expect(made.name == "sub")
            try await client.delete(made)
        }
        let path = "/docs/1 \(Self.oddName)"
        let file = try await client.stat(path)
        let id = try #require(file.id)
        for target in try targets(file, path) {
            let found = try await client.stat(target)
            #expect(found.id == id && found.name == "1 \(Self.oddName)" && found.size == 7)
            #expect(try await client.shareLink(target).hasSuffix("/file/\(id)"))
            let copy = local.url.appendingPathComponent("copy")
            try await client.download(target, to: copy, overwrite: true)
            #expect(try Data(contentsOf: copy) == content(7))
            #expect(try await client.downloadStream(target).readAll() == content(7))
        }
        #expect(try await listed().map(\.path) == ["/docs"])
        try await expectNoViolations()
    }

    @Test func movingRenamingDeleting() async throws {
        try await client.makeFolder("from")
        let to = try await client.makeFolder("to")
        for (number, folder) in try targets(to, "/to").enumerated() {
            let name = "file \(number).bin"
            let file = try await client.upload(content(7), folder: "/from", name: name)
            let moved = try await client.move(try targets(file, "/from/\(name)")[number], to: folder)
            #expect(moved.id == file.id && moved.name == name)
            let renamed = try await client.rename("/to/\(name)", to: Self.oddName)
            #expect(renamed.id == file.id && renamed.path == "/to/\(Self.oddName)")
            try await client.delete(try targets(file, "/to/\(Self.oddName)")[number])
            #expect(await fileFerryError { try await client.delete(file) }?.kind == .notFound)
        }
        #expect(try await listed(to).isEmpty)
        #expect(await fileFerryError { _ = try await client.stat("/to/file 0.bin") }?.kind == .notFound)
        try await expectNoViolations()
    }

    @Test func whatGoesWrongHasItsKind() async throws {
        let first = try await client.upload(content(7), name: "twice.bin")
        let second = try await client.upload(content(7), name: "twice.bin")
        let conflict = await fileFerryError { _ = try await client.stat("/twice.bin") }
        #expect(conflict?.kind == .conflict)
        #expect(conflict?.details.items.map(\.id) == [first.id, second.id])
        try await client.makeFolder("docs")
        #expect(await fileFerryError { try await client.makeFolder("docs") }?.kind == .alreadyExists)
        #expect(await fileFerryError { _ = try await client.stat("/docs/nothing") }?.kind == .notFound)
        #expect(await fileFerryError { _ = try await client.shareLink("/") }?.kind == .notSupported)
        let before = try await world.get("requests")
        let stranger = Entry(id: "abc", name: "strange", isFolder: true, service: "yetishare")
        let nowhere = URL(fileURLWithPath: "nowhere")
        let wrong: [@Sendable () async throws -> Void] = [
            { _ = try await client.stat(stranger) },
            { try await client.upload(content(7), folder: stranger, name: "a.bin") },
            { try await client.download(stranger, to: nowhere) },
            { _ = try await client.downloadStream(stranger) },
            { for try await _ in client.list(stranger) {} },
            { _ = try await client.stat("/docs/../docs") },
            { try await client.rename("/docs", to: "a/b") },
            { try await client.delete("") },
            { try await client.remoteUpload("no address") },
        ]
        for call in wrong { #expect(await fileFerryError { try await call() }?.kind == .invalidArgument) }
        #expect(try await world.get("requests") == before)
        try await expectNoViolations()
    }

    @Test func aRemoteUploadIsWaitedFor() async throws {
        try await client.makeFolder("films")
        let url = try await source()
        let events = Collected<TransferProgress>()
        let stored = try await client.remoteUpload(url, folder: "/films") { events.add($0) }
        #expect(stored.name == "source.bin" && stored.size == 1000)
        #expect(try await listed("/films").map(\.id) == [stored.id])
        #expect(events.all.last?.phase == .done)
        #expect(events.all.last?.fraction == 1)
        let refused = await fileFerryError { try await client.remoteUpload("https://example.com/a.bin") }
        #expect(refused?.kind == .rejected && refused?.name == "remote_upload_rejected")
        try await world.fault("status", at: "download", ["status": 404])
        let failed = await fileFerryError { try await client.remoteUpload(url) }
        #expect(failed?.kind == .rejected && failed?.name == "remote_upload_failed")
        try await expectNoViolations()
    }

    @Test func cancellingARemoteUploadEndsTheWaiting() async throws {
        try await world.order("settings", ["service": "keep2share", "remote_pace": ["seconds": 3600]])
        let url = try await source()
        let waiting = Task { try await client.remoteUpload(url) }
        try await world.wait(for: "answered", of: "remoteUploadStatus")
        await expectCancelled(waiting)
    }

    @Test func theAccountIsAVerbAndAGroup() async throws {
        let account = try await client.account()
        #expect(account.plan == "premium")
        #expect((account.expires ?? .distantPast) > Date())
        #expect(try await client.account.accountInfo().availableTraffic == account.trafficLeft)
    }

    @Test func whatIsToldWithoutSending() async throws {
        let can = try client.capabilities()
        #expect(can.verbs.contains("remote_upload"))
        #expect(can.hashUpload && can.ranges && !can.paths)
        let link = try #require(try parseLink("https://k2s.cc/file/5F0C2B7E41A3D/movie.mp4"))
        #expect(link.service == "keep2share" && link.kind == .file)
        #expect(link.id == "5f0c2b7e41a3d" && link.host == "k2s.cc")
        for other in ["https://example.com/file/5f0c2b7e41a3d", "no address", ""] {
            #expect(try parseLink(other) == nil)
        }
        #expect(try await world.get("requests")["requests"] == [])
    }

    @Test func aClientByTheNameOfItsService() async throws {
        let key = ["access_token": try world.account("premium", "access_token")]
        let opened = try ServiceClient.open("keep2share", options: world.options(), credentials: key)
        #expect(opened is Keep2Share)
        try await opened.makeFolder("docs")
        let file = try await opened.upload(content(7), folder: "/docs", name: "a.bin")
        #expect(try await opened.downloadStream(file).readAll() == content(7))
        #expect(try await listed("/docs").count == 1)
        let options = try world.options { $0.pollInterval = -1 }
        for wrong: @Sendable () throws -> ServiceClient in [
            { try ServiceClient.open("nobody") },
            { try ServiceClient.open("keep2share", credentials: ["no_option": "x"]) },
            { try ServiceClient.open("keep2share", options: options) },
        ] {
            #expect(await fileFerryError { _ = try wrong() }?.kind == .invalidArgument)
        }
    }
}
