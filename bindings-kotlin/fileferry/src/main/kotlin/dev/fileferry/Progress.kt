package dev.fileferry

/** How far a transfer has come. */
public data class Progress(
    /** What is going on. */
    public val phase: Phase,
    /** Bytes of the file that are done; never above the total. It goes down when an attempt starts over. */
    public val bytesDone: Long,
    /** Bytes of the file, where known. */
    public val bytesTotal: Long?,
    /** How much is done, from 0 to 1, where that is known: also where only the service knows the bytes. */
    public val fraction: Double?,
    /** Bytes sent or received in all attempts. */
    public val bytesOnWire: Long,
    /** Number of the attempt, from 1. */
    public val attempt: Int,
    /** Bytes a second over the last seconds. */
    public val speed: Double,
)

/** What a transfer is doing; open, as versions may bring further ones. */
@JvmInline
public value class Phase(override val value: String) : OpenEnum {
    override fun toString(): String = value

    public companion object {
        /** Asks the service where to send or fetch. */
        public val PREPARING: Phase = Phase("preparing")

        /** Reads the source to find its content on the service, before a byte is sent; the bytes done are those hashed. */
        public val HASHING: Phase = Phase("hashing")

        /** Moves bytes. */
        public val TRANSFERRING: Phase = Phase("transferring")

        /** All bytes are moved; the service or the disk finishes. */
        public val FINISHING: Phase = Phase("finishing")

        /** Over. */
        public val DONE: Phase = Phase("done")
    }
}

/**
 * Hears of progress: at most ten times a second and once at the end. It runs in the coroutine of the transfer, so in its
 * context (on the main thread of an app that called from there); one that is slow misses events, and one that throws
 * stops the transfer.
 */
public typealias ProgressListener = suspend (Progress) -> Unit

/** How far the upload of a folder has come. */
public data class FolderProgress(
    /** Files that are there. */
    public val filesDone: Long,
    /** Files that failed. */
    public val filesFailed: Long,
    /** Files in all; 0 while they are being counted. */
    public val filesTotal: Long,
    /** Bytes of all files that are done; never above the total. It goes down when an attempt starts over or a file fails. */
    public val bytesDone: Long,
    /** Bytes of all files. */
    public val bytesTotal: Long,
    /** Bytes sent in all attempts. */
    public val bytesOnWire: Long,
    /** Bytes a second over the last seconds. */
    public val speed: Double,
)

/** Hears of a folder's progress, as a [ProgressListener] does of a file's. */
public typealias FolderProgressListener = suspend (FolderProgress) -> Unit
