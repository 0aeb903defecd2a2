import type { NativeProgress } from './native.js'

/** How far a transfer has come. */
export interface Progress {
  readonly phase: 'preparing' | 'hashing' | 'transferring' | 'finishing' | 'done' | (string & {})
  /** Bytes of the file that are done, never above the total. It goes down when an attempt starts over. */
  readonly bytesDone: number
  /** Bytes of the file, where known. */
  readonly bytesTotal: number | null
  /** Bytes sent or received in all attempts. */
  readonly bytesOnWire: number
  /** Number of the attempt, from 1. */
  readonly attempt: number
  /** Bytes a second over the last seconds. */
  readonly bytesPerSecond: number
}

/** @internal */
export function progressOf({ phase, bytesDone, bytesTotal, bytesOnWire, attempt, speed }: NativeProgress): Progress {
  return { phase, bytesDone, bytesTotal: bytesTotal ?? null, bytesOnWire, attempt, bytesPerSecond: speed }
}
