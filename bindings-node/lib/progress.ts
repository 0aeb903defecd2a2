/** How far a transfer has come. */
export interface Progress {
  readonly phase: 'preparing' | 'hashing' | 'transferring' | 'finishing' | 'done' | (string & {})
  /** Bytes of the file that are done, never above the total. It goes down when an attempt starts over. */
  readonly bytesDone: number
  /** Bytes of the file, where known. */
  readonly bytesTotal: number | null
  /** How much is done, from 0 to 1, where that is known: also where only the service knows the bytes. */
  readonly fraction: number | null
  /** Bytes sent or received in all attempts. */
  readonly bytesOnWire: number
  /** Number of the attempt, from 1. */
  readonly attempt: number
  /** Bytes a second over the last seconds. */
  readonly bytesPerSecond: number
}

/** How far the upload of a folder has come. */
export interface FolderProgress {
  /** Files that are there. */
  readonly filesDone: number
  /** Files that failed. */
  readonly filesFailed: number
  /** Files in all; 0 while they are being counted. */
  readonly filesTotal: number
  /** Bytes of all files that are done, never above the total. It goes down when an attempt starts over or a file fails. */
  readonly bytesDone: number
  /** Bytes of all files. */
  readonly bytesTotal: number
  /** Bytes sent in all attempts. */
  readonly bytesOnWire: number
  /** Bytes a second over the last seconds. */
  readonly bytesPerSecond: number
}
