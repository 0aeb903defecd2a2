internal import FileFerryBridge

/// How far a transfer has come.
public struct TransferProgress: Hashable, Sendable {
    /// What is going on.
    public var phase: Phase
    /// Bytes of the file that are done; never above the total. It goes down when an attempt starts over.
    public var bytesDone: Int64
    /// Bytes of the file, where known.
    public var bytesTotal: Int64?
    /// How much is done, from 0 to 1, where that is known: also where only the service knows the bytes.
    public var fraction: Double?
    /// Bytes sent or received in all attempts.
    public var bytesOnWire: Int64
    /// Number of the attempt, from 1.
    public var attempt: Int
    /// Bytes a second over the last seconds.
    public var speed: Double

    /// What a transfer is doing.
    public struct Phase: OpenEnum {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Asks the service where to send or fetch.
        public static let preparing = Self(rawValue: "preparing")
        /// Reads the source to find its content on the service, before a byte is sent; the bytes done are those hashed.
        public static let hashing = Self(rawValue: "hashing")
        /// Moves bytes.
        public static let transferring = Self(rawValue: "transferring")
        /// All bytes are moved; the service or the disk finishes.
        public static let finishing = Self(rawValue: "finishing")
        /// Over.
        public static let done = Self(rawValue: "done")
    }

    init(_ progress: FfiProgress) {
        phase = Phase(rawValue: progress.phase)
        bytesDone = Int64(clamping: progress.bytesDone)
        bytesTotal = progress.bytesTotal.map(Int64.init(clamping:))
        fraction = progress.fraction
        bytesOnWire = Int64(clamping: progress.bytesOnWire)
        attempt = Int(progress.attempt)
        speed = progress.speed
    }
}

/// Hears of a transfer's progress, at most ten times a second and once at the end, on no particular thread: hop to the main
/// actor before you touch a view. It is asked to be quick; while it works, older news is dropped.
public typealias ProgressHandler = @Sendable (TransferProgress) -> Void
