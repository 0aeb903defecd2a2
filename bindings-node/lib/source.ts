import type { FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { native } from './load.js'
import type { NativeSource } from './native.js'
import { invalidArgument, type Site } from './raise.js'

/**
 * What can be uploaded: the path or `file:` address of a file, bytes, a `Blob` or `File`, an open file, or a stream
 * (of Node, of the web, or anything that yields bytes) whose length is given beside it.
 */
export type UploadSource =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | FileHandle
  | Readable
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>

/** How much of an open file is read at once. */
const READ_SIZE = 256 * 1024

/** A source as an upload uses it. */
export interface PreparedSource {
  /** Name of the file, where the source knows it and the native library does not. */
  readonly name: string | undefined
  /** A fresh native source; called again when a call is made once more before anything was sent. */
  open(): NativeSource
  /** Lets go of the stream. */
  finish(): void
  /** Why the program's stream failed. */
  readonly failure: unknown
}

/** Pieces of a stream, one after the other. */
interface Pieces {
  next(): Promise<Uint8Array | undefined>
  stop(): void
}

/** A path on this machine, which a program may give as an address. */
export function pathOf(given: string | URL, site: Site): string {
  if (typeof given === 'string') return given
  if (given instanceof URL && given.protocol === 'file:') return fileURLToPath(given)
  throw invalidArgument('a path is a text or an address that begins with file:', site)
}

/** Finds out what a source is. */
export async function prepare(source: UploadSource, length: number | undefined, site: Site): Promise<PreparedSource> {
  if (typeof source === 'string' || source instanceof URL) {
    const path = pathOf(source, site)
    return fixed(() => native.NativeSource.path(path))
  }
  if (source instanceof Uint8Array) return fixed(() => native.NativeSource.bytes(source))
  if (source instanceof ArrayBuffer) return fixed(() => native.NativeSource.bytes(new Uint8Array(source)))
  if (source instanceof Blob) {
    return new StreamSource(source.size, webPieces(source.stream()), 'name' in source ? String(source.name) : undefined)
  }
  if (isFileHandle(source)) {
    const status = await source.stat()
    if (status.isDirectory()) throw invalidArgument('what is open is a folder, not a file', site)
    return new StreamSource(length ?? status.size, filePieces(source), undefined)
  }
  const pieces = piecesOf(source)
  if (pieces === undefined) throw invalidArgument('a source is a path, bytes, an open file or a stream', site)
  if (length === undefined || !Number.isSafeInteger(length) || length < 0) {
    throw invalidArgument('the length of a stream has to be given as `length`, in bytes', site)
  }
  return new StreamSource(length, pieces, nameOf(source))
}

function fixed(open: () => NativeSource): PreparedSource {
  return { name: undefined, open, finish: () => undefined, failure: undefined }
}

/** A source that JavaScript reads: pieces go into a bounded channel, so that memory stays bounded. */
class StreamSource implements PreparedSource {
  readonly name: string | undefined
  failure: unknown
  readonly #length: number
  readonly #pieces: Pieces
  #current: NativeSource | undefined

  constructor(length: number, pieces: Pieces, name: string | undefined) {
    this.#length = length
    this.#pieces = pieces
    this.name = name
  }

  open(): NativeSource {
    const source = native.NativeSource.stream(this.#length)
    this.#current?.end()
    this.#current = source
    // Nobody waits for the feeding: its end shows in the upload's own outcome.
    void this.#feed(source)
    return source
  }

  finish(): void {
    this.#current?.end()
    this.#current = undefined
    this.#pieces.stop()
  }

  async #feed(source: NativeSource): Promise<void> {
    try {
      // Nothing is read before the upload wants it: a call that ends early, to sign in, can be made once more.
      let wanted = (await source.wanted()).accepted
      while (wanted && this.#current === source) {
        const piece = await this.#pieces.next()
        if (piece === undefined) break
        if (!(piece instanceof Uint8Array)) throw new TypeError('a stream to upload yields Uint8Array')
        wanted = (await source.push(piece)).accepted
      }
      source.end()
    } catch (error) {
      this.failure = error
      await source.fail(`the source cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

function piecesOf(source: unknown): Pieces | undefined {
  if (source instanceof ReadableStream) return webPieces(source)
  if (typeof source !== 'object' || source === null || !(Symbol.asyncIterator in source)) return undefined
  const iterator = (source as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  return {
    next: async () => {
      const { done, value } = await iterator.next()
      return done ? undefined : value
    },
    stop: () => {
      // A stalled iterator answers to `return` only after its next piece; a stream of Node can be told at once.
      if (source instanceof Readable) source.destroy()
      else void iterator.return?.()?.catch(() => undefined)
    },
  }
}

function webPieces(stream: ReadableStream<Uint8Array>): Pieces {
  const reader = stream.getReader()
  return {
    next: async () => (await reader.read()).value,
    // Cancelling a stream that has ended or failed tells nothing new.
    stop: () => void reader.cancel().catch(() => undefined),
  }
}

/** The whole file, wherever its position stands; it stays open: it is the program's. */
function filePieces(file: FileHandle): Pieces {
  let position = 0
  return {
    next: async () => {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_SIZE), 0, READ_SIZE, position)
      position += bytesRead
      return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead)
    },
    stop: () => undefined,
  }
}

function isFileHandle(source: unknown): source is FileHandle {
  if (typeof source !== 'object' || source === null || !('fd' in source)) return false
  return 'stat' in source && typeof source.stat === 'function' && 'read' in source && typeof source.read === 'function'
}

/** A stream of Node that reads a file knows its path. */
function nameOf(source: unknown): string | undefined {
  const path = source instanceof Readable && 'path' in source ? source.path : undefined
  return typeof path === 'string' ? basename(path) : undefined
}
