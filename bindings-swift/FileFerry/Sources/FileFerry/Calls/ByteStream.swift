internal import FileFerryBridge
import Foundation

/// Bytes from the service, chunk by chunk. It can be read once; letting go of it frees the connection.
public struct ByteStream: AsyncSequence, Sendable {
    public typealias Element = Data

    private let native: FfiByteStream

    init(_ native: FfiByteStream) {
        self.native = native
    }

    /// Media type, where the server said one.
    public var mediaType: String? { native.mediaType() }

    /// Bytes in all, where the server said it.
    public var length: Int64? { native.length().flatMap(Int64.init(exactly:)) }

    /// Everything that is left; `too_large` where it passes the limit.
    public func readAll(limit: Int = 64 << 20) async throws -> Data {
        try await cancellable { cancel in
            try await native.readAll(limit: UInt64(Swift.max(0, limit)), cancel: cancel)
        }
    }

    /// Lets go of the connection; further reads give the end.
    public func close() { native.close() }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(native: native) }

    /// The walk over the chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let native: FfiByteStream

        public mutating func next() async throws -> Data? {
            let native = native
            return try await cancellable { cancel in try await native.next(cancel: cancel) }
        }
    }
}
