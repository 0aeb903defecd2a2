import type { NativeStream } from './native.js'
import { failure, here } from './raise.js'
import { withSignal } from './signal.js'

/** How much {@link ByteStream.bytes} holds in memory unless told otherwise. */
const DEFAULT_LIMIT = 64 * 1024 * 1024

/**
 * Bytes from the service, as they come. Read them once: by `for await`, with {@link bytes}, or through
 * `Readable.from(stream)`. Leaving the loop, {@link close} and `await using` let go of the connection.
 */
export class ByteStream implements AsyncIterable<Buffer> {
  /** Media type, where the server said one. */
  readonly mediaType: string | null
  /** Length, where the server said one. */
  readonly length: number | null
  readonly #native: NativeStream | null
  readonly #signal: AbortSignal | undefined

  /** @internal */
  constructor(native: NativeStream | null, signal: AbortSignal | undefined) {
    this.#native = native
    this.#signal = signal
    this.mediaType = native?.mediaType ?? null
    this.length = native?.length ?? null
  }

  /** Everything that is left; content beyond `limit` bytes (64 MiB) is an error. */
  async bytes({ limit = DEFAULT_LIMIT }: { readonly limit?: number } = {}): Promise<Buffer> {
    const site = here(this.bytes)
    const native = this.#native
    if (native === null) return Buffer.alloc(0)
    const { bytes, error } = await withSignal(this.#signal, (cancel) => native.readAll(limit, cancel))
    if (error !== undefined) throw failure(error, site, this.#signal)
    return bytes ?? Buffer.alloc(0)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    const site = here(this[Symbol.asyncIterator])
    const native = this.#native
    if (native === null) return
    try {
      for (;;) {
        const { bytes, error } = await withSignal(this.#signal, (cancel) => native.next(cancel))
        if (error !== undefined) throw failure(error, site, this.#signal)
        if (bytes === undefined) return
        yield bytes
      }
    } finally {
      await native.close()
    }
  }

  /** Lets go of the connection; what is left is not read. */
  async close(): Promise<void> {
    await this.#native?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
