internal import FileFerryBridge
import Foundation

/// What can be uploaded: the `URL` of a file, `Data`, or an ``UploadSource``.
public protocol Uploadable: Sendable {
    /// What the upload reads.
    var uploadSource: UploadSource { get }
}

/// What an upload reads.
public struct UploadSource: Uploadable {
    enum Content: Sendable {
        case path(String)
        case data(Data)
        case stream(length: UInt64, feed: @Sendable (FfiSourceFeeder) async -> Void)

        /// Makes one call with the source as the library takes it, feeding it while the call runs.
        func reading(_ upload: @Sendable (FfiSource) async -> FfiReply) async -> FfiReply {
            switch self {
            case .path(let path): return await upload(.path(path: path))
            case .data(let data): return await upload(.bytes(bytes: data))
            case .stream(let length, let feed):
                let feeder = FfiSourceFeeder(length: length)
                // Not a child task: an upload that has failed does not wait for a source that takes its time.
                let feeding = Task { await feed(feeder) }
                defer { feeding.cancel() }
                return await upload(.stream(feeder: feeder))
            }
        }
    }

    /// What it holds, or why it cannot be uploaded.
    let content: Result<Content, FileFerryError>

    public var uploadSource: UploadSource { self }

    private init(_ content: Content) { self.content = .success(content) }

    private init(refused message: String) {
        content = .failure(FileFerryError(kind: .invalidArgument, message: message))
    }

    /// A file on disk, which can be read again for another attempt.
    public static func file(_ url: URL) -> UploadSource {
        guard url.isFileURL else {
            return UploadSource(refused: "only a file URL can be uploaded, not one of another scheme")
        }
        return UploadSource(.path(url.path))
    }

    /// Bytes in memory.
    public static func data(_ data: Data) -> UploadSource { UploadSource(.data(data)) }

    /// Chunks as they come, `length` bytes in all. They can be read once, so a failed upload is not repeated.
    public static func stream<Chunks: AsyncSequence & Sendable>(length: Int64, _ chunks: Chunks) -> UploadSource
    where Chunks.Element == Data {
        guard let length = UInt64(exactly: length) else {
            return UploadSource(refused: "the length of a stream cannot be negative")
        }
        return UploadSource(
            .stream(length: length) { feeder in
                // A call that only finds out that somebody has to sign in reads nothing, so it can be made once more.
                guard await feeder.wanted() else { return }
                do {
                    for try await chunk in chunks {
                        guard await feeder.push(chunk: chunk) else { break }
                    }
                    feeder.finish()
                } catch {
                    await feeder.fail(message: "the source failed: \(error)")
                }
            })
    }
}

extension URL: Uploadable {
    public var uploadSource: UploadSource { .file(self) }
}

extension Data: Uploadable {
    public var uploadSource: UploadSource { .data(self) }
}
