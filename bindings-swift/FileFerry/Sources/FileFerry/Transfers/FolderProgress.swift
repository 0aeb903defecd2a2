internal import FileFerryBridge

/// How far the upload of a folder has come.
public struct FolderProgress: Hashable, Sendable {
    /// Files that are there.
    public var filesDone: Int64
    /// Files that failed.
    public var filesFailed: Int64
    /// Files in all; 0 while they are being counted.
    public var filesTotal: Int64
    /// Bytes of all files that are done; never above the total. It goes down when an attempt starts over or a file fails.
    public var bytesDone: Int64
    /// Bytes of all files.
    public var bytesTotal: Int64
    /// Bytes sent in all attempts.
    public var bytesOnWire: Int64
    /// Bytes a second over the last seconds.
    public var speed: Double

    init(_ progress: FfiFolderProgress) {
        filesDone = Int64(clamping: progress.filesDone)
        filesFailed = Int64(clamping: progress.filesFailed)
        filesTotal = Int64(clamping: progress.filesTotal)
        bytesDone = Int64(clamping: progress.bytesDone)
        bytesTotal = Int64(clamping: progress.bytesTotal)
        bytesOnWire = Int64(clamping: progress.bytesOnWire)
        speed = progress.speed
    }
}

/// Hears of the progress of a folder's upload, as a ``ProgressHandler`` of a file's.
public typealias FolderProgressHandler = @Sendable (FolderProgress) -> Void
