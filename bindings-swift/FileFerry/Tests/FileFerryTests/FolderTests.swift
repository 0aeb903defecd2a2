import FileFerry
import Foundation
import Testing

/// The upload of a folder.
@Suite struct FolderTests {
    private static let oddName = "50% #1 ü🎬.txt"
    /// Files in the order in which a report tells of them.
    private static let files = ["a/deep/two.bin": 333, "a/one.bin": 1, oddName: 70_000]

    private let world: World
    private let client: Keep2Share
    private let local: TemporaryFolder
    private let photos: URL

    init() async throws {
        world = try await World()
        client = try world.client()
        local = try TemporaryFolder()
        photos = local.url.appendingPathComponent("photos", isDirectory: true)
        for (path, length) in Self.files { try Self.write(content(length), photos.appendingPathComponent(path)) }
        try FileManager.default.createDirectory(
            at: photos.appendingPathComponent("empty"), withIntermediateDirectories: true)
    }

    private static func write(_ content: Data, _ file: URL) throws {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try content.write(to: file)
    }

    /// Everything below a folder: a file's size, nil for a folder.
    private func found(below folder: String) async throws -> [String: Int64?] {
        var all: [String: Int64?] = [:]
        for try await entry in client.list(folder) {
            let path = try #require(entry.path)
            all.updateValue(entry.size, forKey: path)
            if entry.isFolder { all.merge(try await found(below: path)) { first, _ in first } }
        }
        return all
    }

    @Test func aFolderArrivesWithAllThatIsInIt() async throws {
        try await client.makeFolder("Backups")
        let events = Collected<FolderProgress>()
        let report = try await client.uploadFolder(photos, folder: "/Backups") { events.add($0) }
        #expect(
            try await found(below: "/Backups") == [
                "/Backups/photos": nil, "/Backups/photos/\(Self.oddName)": 70_000,
                "/Backups/photos/a": nil, "/Backups/photos/a/deep": nil, "/Backups/photos/a/deep/two.bin": 333,
                "/Backups/photos/a/one.bin": 1, "/Backups/photos/empty": nil,
            ])
        #expect(try await client.stat("/Backups/photos").id == report.folder.id)
        #expect(report.folder.isFolder && report.folder.name == "photos")
        #expect(
            report.items.map(\.path) == [Self.oddName, "a", "a/deep", "a/deep/two.bin", "a/one.bin", "empty"])
        #expect(report.items.map(\.isFolder) == [false, true, true, false, false, true])
        #expect(report.items.allSatisfy { $0.entry != nil && $0.error == nil })
        #expect(report.items.first?.entry?.size == 70_000)
        #expect((report.uploaded, report.failed, report.bytes) == (3, 0, 70_334))

        let last = try #require(events.all.last)
        #expect((last.filesDone, last.filesFailed, last.filesTotal) == (3, 0, 3))
        #expect((last.bytesDone, last.bytesTotal) == (70_334, 70_334))
        #expect(last.bytesOnWire >= 70_334)
        #expect(events.all.allSatisfy { $0.bytesDone <= $0.bytesTotal && $0.filesDone <= $0.filesTotal })
        #expect(try await world.get("violations")["violations"] == [])
    }

    @Test func whatCannotBeUploadedIsReported() async throws {
        try FileManager.default.createSymbolicLink(
            at: photos.appendingPathComponent("a/link.bin"), withDestinationURL: photos.appendingPathComponent("a"))
        try await world.fault("error", at: "upload", ["message": "No"])
        let events = Collected<FolderProgress>()
        let report = try await client.uploadFolder(photos, parallel: 1) { events.add($0) }
        #expect((report.uploaded, report.failed, report.bytes) == (2, 2, 334))
        let failed = report.items.compactMap { item in item.error.map { (item.path, $0) } }
        #expect(failed.map(\.0) == [Self.oddName, "a/link.bin"])
        #expect(failed.map(\.1.kind) == ["rejected", "not_supported"])
        #expect(failed.last?.1.name == "symbolic_link")
        #expect(failed.last?.1.retryable == false)
        #expect(failed.allSatisfy { !$0.1.message.isEmpty })
        let last = try #require(events.all.last)
        #expect((last.filesDone, last.filesFailed, last.filesTotal, last.bytesDone) == (2, 1, 3, 334))
    }

    @Test func aSecondCallAddsToTheFolder() async throws {
        let first = try await client.uploadFolder(photos, name: "Twice")
        try FileManager.default.removeItem(at: photos.appendingPathComponent("a/deep"))
        try Self.write(content(5), photos.appendingPathComponent("a/new.bin"))
        let second = try await client.uploadFolder(photos, folder: "/", name: "Twice")
        #expect(second.folder.id == first.folder.id)
        let folders = { (report: FolderReport) in
            report.items.filter { $0.isFolder }.reduce(into: [:]) { $0[$1.path] = $1.entry?.id }
        }
        #expect(folders(second)["a"] == folders(first)["a"])
        #expect(try await client.stat("/Twice/a/new.bin").size == 5)
        #expect(try await client.stat("/Twice/a/deep/two.bin").size == 333)
    }

    @Test func theServicesOwnArgumentsReachIt() async throws {
        let report = try await client.uploadFolder(photos, access: .private, byHash: false)
        let ids = report.items.compactMap(\.entry?.id)
        let infos = try await client.files.getFilesInfo(ids: ids).files
        #expect(infos.count == 6)
        #expect(infos.allSatisfy { $0.access == .private })
        #expect(try await world.requests("findByFirst5MbSha1Hash").isEmpty)
    }

    @Test func aHandlerIsAskedAsForAFile() async throws {
        let asked = Collected<String>()
        let client = try world.signingIn("captcha") { options in
            options.onCaptcha = { captcha in
                asked.add(captcha.challenge ?? "")
                return try await world.answer(to: captcha)
            }
        }
        #expect(try await client.uploadFolder(photos).uploaded == 3)
        #expect(asked.all.count == 1)
    }

    @Test func cancellingClosesTheSocketOfEachFile() async throws {
        try Self.write(content(2_000_000), photos.appendingPathComponent("a/one.bin"))
        try Self.write(content(2_000_001), photos.appendingPathComponent("a/deep/two.bin"))
        try await world.fault("hold", at: "upload", ["at_byte": 50_000, "times": 2])
        let upload = Task { try await client.uploadFolder(photos, parallel: 2) }
        try await world.wait(for: "held", of: "upload", count: 2)
        await expectCancelled(upload)
        try await world.wait(for: "client_closed", of: "upload", count: 2)
    }

    @Test func withNothingToReportItIsAnError() async throws {
        let file = photos.appendingPathComponent("a/one.bin")
        let missing = local.url.appendingPathComponent("missing")
        let page = try #require(URL(string: "https://example.com/photos"))
        let closed = try world.client()
        closed.close()
        let wrong: [(FileFerryError.Kind, @Sendable () async throws -> FolderReport)] = [
            (.io, { try await client.uploadFolder(file) }),
            (.io, { try await client.uploadFolder(missing) }),
            (.invalidArgument, { try await client.uploadFolder(page) }),
            (.invalidArgument, { try await client.uploadFolder(photos, name: "a/b") }),
            (.invalidArgument, { try await client.uploadFolder(photos, parallel: 0) }),
            (.closed, { try await closed.uploadFolder(photos) }),
        ]
        for (kind, call) in wrong { #expect(await fileFerryError { _ = try await call() }?.kind == kind) }
        #expect(try await world.get("requests")["requests"] == [])
        let nowhere = await fileFerryError { _ = try await client.uploadFolder(photos, folder: "/nowhere") }
        #expect(nowhere?.kind == .notFound)
    }

    @Test func aClientOfAnyServiceHasIt() async throws {
        let key = ["access_token": try world.account("premium", "access_token")]
        let opened = try ServiceClient.open("keep2share", options: world.options(), credentials: key)
        let folder = try await opened.makeFolder("Backups")
        let report = try await opened.uploadFolder(photos, folder: folder, name: "Renamed", parallel: 10)
        #expect(report.uploaded == 3)
        #expect(try await opened.stat("/Backups/Renamed/empty").isFolder)
    }
}
