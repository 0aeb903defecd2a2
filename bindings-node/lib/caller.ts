import { asking, isAsking } from './asking.js'
import { type CaptchaStep, type ConfirmStep, Flow, runThrough } from './flow.js'
import type { Shape } from './json.js'
import type { LogEntry } from './log.js'
import type { Table } from './model.js'
import type { NativeCancel, NativeClient, NativeFlow, Settled } from './native.js'
import { argumentsText, type CallOptions, optionsText, type RequestOptions } from './options.js'
import { attempt, failure, here, type Site } from './raise.js'
import { unlessAborted, withSignal } from './signal.js'
import { ByteStream } from './stream.js'

/** What a program gave to hear of or answer to. */
export interface Handlers {
  readonly onSession: ((session: string) => void) | undefined
  readonly onCaptcha: ((step: CaptchaStep) => string | Promise<string>) | undefined
  readonly onConfirm: ((step: ConfirmStep) => string | undefined | Promise<string | undefined>) | undefined
  /** Kept here alone: the native library holds it weakly. */
  readonly onLog: ((entry: LogEntry) => void) | undefined
}

/** How often a call is made again after the program's help: to sign in, for a free download, for a ticket that lapsed. */
const NEEDS = 3

type Start<P = unknown> = (cancel: NativeCancel | null) => Promise<Settled<P>>

/** The way of a call: from the typed surface of a service through the native library and back. */
export class Caller {
  readonly native: NativeClient
  readonly table: Table
  readonly handlers: Handlers
  #signingIn: Promise<boolean> | undefined
  /** How often the program's handlers have signed in. */
  #signIns = 0

  constructor(native: NativeClient, table: Table, handlers: Handlers) {
    this.native = native
    this.table = table
    this.handlers = handlers
  }

  /** Calls an operation that answers with a value. */
  async value<T>(operation: string, shape: Shape, params: object, options?: CallOptions): Promise<T> {
    const site = here(this.value)
    const settled = await this.#call(operation, shape, params, options, site)
    return this.read<T>(settled, site, operation)
  }

  /** Calls an operation whose answer holds nothing. */
  async nothing(operation: string, shape: Shape, params: object, options?: CallOptions): Promise<void> {
    await this.#call(operation, shape, params, options, here(this.nothing))
  }

  /** Calls an operation that answers with a stream of bytes. */
  async bytes(operation: string, shape: Shape, params: object, options?: CallOptions): Promise<ByteStream> {
    const site = here(this.bytes)
    const settled = await this.#call(operation, shape, params, options, site)
    return new ByteStream(settled.stream(), options?.signal)
  }

  /** The items of all pages, asked for one page at a time. */
  items<T>(operation: string, shape: Shape, params: object, options?: CallOptions): AsyncGenerator<T, void, undefined> {
    return this.#items<T>(operation, shape, params, options, here(this.items))
  }

  /** Sends a request that no operation describes. */
  async request(method: string, path: string, params: string, options: RequestOptions | undefined, site: Site) {
    const sent = optionsText(options, site, undefined, true)
    const start: Start = (cancel) => this.native.request(method, path, params, sent, cancel)
    return this.read<unknown>(await this.perform(start, options, site), site)
  }

  async #call(operation: string, shape: Shape, params: object, options: CallOptions | undefined, site: Site) {
    const args = argumentsText(params, shape, site, operation)
    const sent = optionsText(options, site, operation)
    return this.perform((cancel) => this.native.call(operation, args, sent, cancel), options, site)
  }

  async *#items<T>(operation: string, shape: Shape, params: object, options: CallOptions | undefined, site: Site) {
    const args = argumentsText(params, shape, site, operation)
    const sent = optionsText(options, site, operation)
    const pages = attempt(site, () => this.native.pages(operation, args, sent), operation)
    for (;;) {
      const settled = await this.perform((cancel) => pages.next(cancel), options, site)
      if (settled.isNone) return
      for (const item of this.read<T[]>(settled, site, operation)) {
        yield item
        options?.signal?.throwIfAborted()
      }
    }
  }

  /** The value of a call that went well. */
  read<T>(settled: Settled, site: Site, operation?: string, table = this.table): T {
    return attempt(site, () => settled.value(table.factories) as T, operation)
  }

  /** Runs a call to its end; where it needs the program first, lets its handlers answer and calls again. */
  async perform<P>(
    start: Start<P>,
    options: CallOptions | undefined,
    site: Site,
    cause?: () => unknown,
  ): Promise<Settled<P>> {
    const signal = options?.signal
    const call = this.#mayAsk() ? optionsText(options, site, undefined, true) : ''
    for (let provided = 0; ; provided += 1) {
      const seen = this.#signIns
      const settled = await this.#attempt(start, options)
      if (settled.needs !== null && provided < NEEDS && this.#mayAsk()) {
        if (await unlessAborted(signal, this.#provide(settled, call, seen, signal, site))) continue
      }
      const { error } = settled
      if (error !== null) throw failure(error, site, signal, cause?.())
      return settled
    }
  }

  async #attempt<P>(start: Start<P>, options: CallOptions | undefined): Promise<Settled<P>> {
    const settled = await withSignal(options?.signal, start)
    this.tellSession(settled.session)
    const onResponse = options?.onResponse
    const response = onResponse === undefined ? null : settled.response
    if (response !== null) onResponse?.(response.status, headersOf(response.headers))
    return settled
  }

  /** Begins to sign in; runs through to the end where the program gave handlers. */
  async signIn(signal: AbortSignal | undefined, site: Site): Promise<Flow> {
    return this.#flow(() => this.native.signIn(''), signal, site)
  }

  /** Begins what leads to a free download; runs through to the end where the program gave handlers. `call`: options. */
  async freeDownload(target: string, signal: AbortSignal | undefined, site: Site, call = ''): Promise<Flow> {
    return this.#flow(() => this.native.freeDownload(target, call), signal, site)
  }

  async #flow(begin: () => NativeFlow, signal: AbortSignal | undefined, site: Site): Promise<Flow> {
    const flow = await Flow.start(attempt(site, begin), this, signal, site)
    if (this.#mayAsk()) await asking(this, () => runThrough(flow, this.handlers, signal))
    return flow
  }

  /** Takes the steps that a call was refused for want of. False where no handler answers. */
  async #provide(
    settled: Settled,
    call: string,
    seen: number,
    signal: AbortSignal | undefined,
    site: Site,
  ): Promise<boolean> {
    if (settled.needsTarget === null) return this.#signInOnce(seen, site)
    return isDone(await this.freeDownload(settled.needsTarget, signal, site, call))
  }

  tellSession(session: string | null | undefined): void {
    if (session !== null && session !== undefined) this.handlers.onSession?.(session)
  }

  /** Whether there are handlers, and none of them is what runs here: it must not wait for itself. */
  #mayAsk(): boolean {
    return (this.handlers.onCaptcha !== undefined || this.handlers.onConfirm !== undefined) && !isAsking(this)
  }

  /**
   * One sign-in for all calls that wait for it, so neither the signal nor the deadline of a single call ends it; none
   * where another call has signed in since this one began. False where no handler answers.
   */
  async #signInOnce(seen: number, site: Site): Promise<boolean> {
    if (seen !== this.#signIns) return true
    this.#signingIn ??= this.#signInForAll(site).finally(() => {
      this.#signingIn = undefined
    })
    return this.#signingIn
  }

  async #signInForAll(site: Site): Promise<boolean> {
    const isSignedIn = isDone(await this.signIn(undefined, site))
    if (isSignedIn) this.#signIns += 1
    return isSignedIn
  }
}

function isDone(flow: Flow): boolean {
  return flow.step.type === 'done'
}

function headersOf(pairs: readonly string[]): Headers {
  const headers = new Headers()
  for (let at = 0; at + 1 < pairs.length; at += 2) headers.append(pairs[at] as string, pairs[at + 1] as string)
  return headers
}
