import FileFerry
import Foundation
import Testing

@Suite struct TransferTests {
    private static let length = 300_000

    private enum Way: CaseIterable, Sendable {
        case file, data, stream

        func source(_ bytes: Data, in folder: TemporaryFolder) throws -> UploadSource {
            switch self {
            case .file: return .file(try folder.file("given.bin", bytes))
            case .data: return .data(bytes)
            case .stream:
                let chunks = AsyncStream<Data> { stream in
                    for start in stride(from: 0, to: bytes.count, by: 70_000) {
                        stream.yield(bytes[start..<min(start + 70_000, bytes.count)])
                    }
                    stream.finish()
                }
                return .stream(length: Int64(bytes.count), chunks)
            }
        }
    }

    @Test(arguments: Way.allCases)
    private func whatGoesUpComesDown(way: Way) async throws {
        let (world, folder, bytes) = (try await World(), try TemporaryFolder(), content(Self.length))
        let client = try world.client()
        let (up, down) = (Collected<TransferProgress>(), Collected<TransferProgress>())
        let entry = try await client.upload(try way.source(bytes, in: folder), folder: "/", name: "movie.bin") {
            up.add($0)
        }
        #expect(entry.name == "movie.bin")
        #expect(entry.size == Int64(bytes.count))
        #expect(entry.service == "keep2share")
        #expect(!entry.isFolder)
        let destination = folder.url.appendingPathComponent("back.bin")
        let written = try await client.download(entry, to: destination) { down.add($0) }
        #expect(written.path == destination.path)
        #expect(try Data(contentsOf: destination) == bytes)
        for events in [up.all, down.all] {
            #expect(events.allSatisfy { $0.bytesDone <= $0.bytesTotal ?? .max })
            #expect(events.last?.phase == .done)
            #expect(events.last?.bytesDone == Int64(bytes.count))
            #expect(events.last?.fraction == 1)
        }
        #expect(try await world.get("violations")["violations"] == [])
    }

    @Test func aURLAndDataAreSources() async throws {
        let (world, folder) = (try await World(), try TemporaryFolder())
        let client = try world.client()
        let file = try folder.file("own name.bin", content(1000))
        #expect(try await client.upload(file).name == "own name.bin")
        #expect(try await client.upload(content(1000), name: "memory.bin").size == 1000)
    }

    @Test func progressIsToldWhileATransferIsHeld() async throws {
        let (world, folder) = (try await World(), try TemporaryFolder())
        let client = try world.client()
        let entry = try await client.upload(content(Self.length), name: "slow.bin")
        try await world.fault("slow_body", at: "download", ["size": 60_000, "latency_ms": 120])
        let events = Collected<TransferProgress>()
        try await client.download(entry, to: folder.url.appendingPathComponent("slow.bin")) { events.add($0) }
        #expect(events.all.filter { $0.phase == .transferring }.count >= 3)
        #expect(events.all.map(\.bytesDone) == events.all.map(\.bytesDone).sorted())
        #expect(events.all.last?.bytesDone == Int64(Self.length))
    }

    @Test func theLastNewsComesBeforeTheEnd() async throws {
        let client = try await World().client()
        let phases = Collected<TransferProgress.Phase>()
        try await client.upload(content(1000), name: "small.bin") { progress in
            // A slow listener holds the end back, and nothing else.
            if progress.phase == .done { Thread.sleep(forTimeInterval: 0.1) }
            phases.add(progress.phase)
        }
        #expect(phases.all.last == .done)
    }

    @Test func cancellingAnUploadClosesTheSocket() async throws {
        let world = try await World()
        try await world.fault("hold", at: "upload", ["at_byte": 50_000])
        let client = try world.client()
        let upload = Task { try await client.upload(content(2_000_000), name: "held.bin") }
        try await world.wait(for: "held", of: "upload")
        await expectCancelled(upload)
        try await world.wait(for: "client_closed", of: "upload")
    }

    @Test func cancellingADownloadLeavesNothing() async throws {
        let (world, folder) = (try await World(), try TemporaryFolder())
        let client = try world.client()
        let entry = try await client.upload(content(Self.length), name: "held.bin")
        try await world.fault("hold", at: "download", ["at_byte": 50_000])
        let destination = folder.url.appendingPathComponent("held.bin")
        let download = Task { try await client.download(entry, to: destination) }
        try await world.wait(for: "held", of: "download")
        await expectCancelled(download)
        try await world.wait(for: "client_closed", of: "download")
        #expect(!FileManager.default.fileExists(atPath: destination.path))
    }

    @Test func aSourceThatFailsEndsTheUpload() async throws {
        struct Unreadable: Error {}
        let world = try await World()
        let client = try world.client()
        let chunks = AsyncThrowingStream<Data, any Error> { stream in
            stream.yield(content(1000))
            stream.finish(throwing: Unreadable())
        }
        let error = await fileFerryError {
            try await client.upload(UploadSource.stream(length: 5000, chunks), name: "broken.bin")
        }
        #expect(error?.kind == .io)
        #expect(try await client.files.getFilesList().files.allSatisfy { $0.name != "broken.bin" })
    }

    @Test func aStreamOfAnotherLengthIsAnError() async throws {
        let world = try await World()
        let client = try world.client()
        for length in [500, 5000] as [Int64] {
            let chunks = AsyncStream<Data> { stream in
                stream.yield(content(1000))
                stream.finish()
            }
            let error = await fileFerryError {
                try await client.upload(UploadSource.stream(length: length, chunks), name: "other.bin")
            }
            #expect(error?.kind == .changed)
        }
    }

    @Test func aFileThatChangesWhileItIsSentIsAnError() async throws {
        let (world, folder) = (try await World(), try TemporaryFolder())
        try await world.fault("hold", at: "upload", ["at_byte": 50_000])
        let client = try world.client()
        let file = try folder.file("changing.bin", content(8_000_000))
        async let error = fileFerryError { try await client.upload(file) }
        try await world.wait(for: "held", of: "upload")
        try FileHandle(forWritingTo: file).truncate(atOffset: 100_000)
        try await world.order("release")
        #expect(await error?.kind == .changed)
        #expect(try await client.files.getFilesList().files.allSatisfy { $0.name != "changing.bin" })
    }

    @Test(.enabled(if: TestDisks.folder != nil, TestDisks.missing))
    func aFullDiskEndsADownload() async throws {
        let full = try #require(TestDisks.folder).appendingPathComponent("full")
        let client = try await World().client()
        let entry = try await client.upload(content(3_000_000), name: "large.bin")
        let error = await fileFerryError {
            try await client.download(entry, to: full.appendingPathComponent("large.bin"))
        }
        #expect(error?.kind == .io)
        #expect(error?.message.contains("No space left") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: full.path) == [])
    }

    @Test(.enabled(if: TestDisks.folder != nil, TestDisks.missing))
    func aFileThatNobodyCanReadIsNotSent() async throws {
        let unreadable = try #require(TestDisks.folder).appendingPathComponent("unreadable")
        let world = try await World()
        let client = try world.client()
        let error = await fileFerryError { try await client.upload(unreadable) }
        #expect(error?.kind == .io)
        #expect(try await world.get("requests")["requests"] == [])
    }

    @Test func aFolderIsNoFile() async throws {
        let (client, folder) = (try await World().client(), try TemporaryFolder())
        let error = await fileFerryError { try await client.upload(folder.url) }
        #expect(error?.kind == .invalidArgument)
    }

    @Test func aFileThatIsThereIsKept() async throws {
        let (world, folder) = (try await World(), try TemporaryFolder())
        let client = try world.client()
        let entry = try await client.upload(content(1000), name: "there.bin")
        let there = try folder.file("there.bin", Data("mine".utf8))
        let error = await fileFerryError { try await client.download(entry, to: there) }
        #expect(error?.kind == .alreadyExists)
        #expect(try Data(contentsOf: there) == Data("mine".utf8))
        try await client.download(entry, to: there, overwrite: true)
        #expect(try Data(contentsOf: there) == content(1000))
    }

    @Test func aDownloadCanBeAStream() async throws {
        let world = try await World()
        let client = try world.client()
        let entry = try await client.upload(content(Self.length), name: "stream.bin")
        let stream = try await client.downloadStream(entry)
        #expect(stream.length == Int64(Self.length))
        var bytes = Data()
        for try await chunk in stream { bytes.append(chunk) }
        #expect(bytes == content(Self.length))
        let limited = try await client.downloadStream(entry)
        let error = await fileFerryError { _ = try await limited.readAll(limit: 1000) }
        #expect(error?.kind == .tooLarge)
    }

    @Test func cancellingAStreamClosesTheSocket() async throws {
        let world = try await World()
        let client = try world.client()
        let entry = try await client.upload(content(Self.length), name: "stream.bin")
        try await world.fault("hold", at: "download", ["at_byte": 50_000])
        let reading = Task { for try await _ in try await client.downloadStream(entry) {} }
        try await world.wait(for: "held", of: "download")
        await expectCancelled(reading)
        try await world.wait(for: "client_closed", of: "download")
    }
}
