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
        case invalid(String)
    }

    let content: Content

    public var uploadSource: UploadSource { self }

    /// A file on disk, which can be read again for another attempt.
    public static func file(_ url: URL) -> UploadSource {
        guard url.isFileURL else {
            return UploadSource(content: .invalid("only a file URL can be uploaded, not one of another scheme"))
        }
        return UploadSource(content: .path(url.path))
    }

    /// Bytes in memory.
    public static func data(_ data: Data) -> UploadSource { UploadSource(content: .data(data)) }

    /// Chunks as they come, `length` bytes in all. They can be read once, so a failed upload is not repeated: where an
    /// account may need a captcha, sign in before.
    public static func stream<Chunks: AsyncSequence & Sendable>(length: Int64, _ chunks: Chunks) -> UploadSource
    where Chunks.Element == Data {
        guard let length = UInt64(exactly: length) else {
            return UploadSource(content: .invalid("the length of a stream cannot be negative"))
        }
        return UploadSource(
            content: .stream(length: length) { feeder in
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
