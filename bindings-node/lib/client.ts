import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { Caller } from './caller.js'
import type { Flow, MoveOptions } from './flow.js'
import { Entry, sharedTable } from './generated/shared.js'
import { version } from './generated/version.js'
import type { JsonValue, Shape } from './json.js'
import { native } from './load.js'
import type { LogEntry } from './log.js'
import type { Table } from './model.js'
import type { NativeCancel, NativeLogEntry, NativeProgress, Settled } from './native.js'
import {
  anyText,
  argumentsText,
  type CallOptions,
  type ClientOptions,
  clientShape,
  optionsText,
  type RequestOptions,
} from './options.js'
import { type Progress, progressOf } from './progress.js'
import { attempt, here, invalidArgument, type Site } from './raise.js'
import { prepare, type UploadSource } from './source.js'
import { ByteStream } from './stream.js'

/** What every transfer takes. */
export interface TransferParams {
  /** Hears of progress, at most ten times a second and always a last time. What it throws ends the transfer. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Ends the transfer; its reason is what the transfer is rejected with. */
  readonly signal?: AbortSignal | undefined
}

/** What every upload takes; a service may add its own. */
export interface UploadParams extends TransferParams {
  /** Id of the folder, or `/` for the root. */
  readonly folder?: string | undefined
  /** Name for the file; else that of the source. */
  readonly name?: string | undefined
  /** Bytes of a stream: a path, bytes, a Blob and an open file know theirs. */
  readonly length?: number | undefined
}

/** What every download takes; a service may add its own. */
export interface DownloadParams extends TransferParams {
  /** Whether a file that is there already is replaced; else it is an error, before anything is sent. */
  readonly overwrite?: boolean | undefined
}

/** What a service adds to the client. @internal */
export interface ClientInfo {
  readonly service: string
  readonly table: Table
  /** Options with which a caller signs in, and the choice of a host. */
  readonly options: Shape
  readonly upload: Shape
  readonly download: Shape
}

/** A client of one service. It can be shared by all calls of a program; close it when it is no longer needed. */
export abstract class Client {
  readonly #caller: Caller
  readonly #info: ClientInfo

  /** @internal */
  protected constructor(info: ClientInfo, options: ClientOptions) {
    const site = here(new.target)
    this.#info = info
    if (typeof options !== 'object' || options === null) throw invalidArgument('the options are an object', site)
    const { onSession, onCaptcha, onConfirm, onLog, ...sent } = options
    for (const [name, handler] of Object.entries({ onSession, onCaptcha, onConfirm, onLog })) {
      if (handler !== undefined && typeof handler !== 'function') throw invalidArgument(`${name} is a function`, site)
    }
    const text = argumentsText(
      { ...sent, agent: `fileferry/${version} node` },
      { ...clientShape, ...info.options, agent: 'agent' },
      site,
    )
    const made = attempt(
      site,
      () => new native.NativeClient(info.service, text, onLog === undefined ? null : weakly(onLog)),
    )
    this.#caller = new Caller(made, info.table, { onSession, onCaptcha, onConfirm, onLog })
  }

  /** The address of the service's API. */
  get baseUrl(): string {
    return this.#caller.native.baseUrl
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#caller.native.closed
  }

  /**
   * Uploads a file.
   *
   * @param source - Path, bytes, Blob, open file, or a stream with its `length`.
   */
  async upload(source: UploadSource, params: UploadParams = {}, options?: CallOptions): Promise<Entry> {
    const site = here(this.upload)
    const { length, onProgress, signal = options?.signal, ...rest } = checked(params, site)
    const sent = optionsText({ ...options, signal }, site, undefined)
    const prepared = await prepare(source, length, site)
    try {
      const named = prepared.name !== undefined && !('name' in rest) ? { ...rest, name: prepared.name } : rest
      const args = argumentsText(named, { folder: 'folder', name: 'name', ...this.#info.upload }, site)
      const send: Transfer = (told, cancel) => this.#caller.native.upload(prepared.open(), args, sent, told, cancel)
      return await this.#transfer(send, onProgress, { ...options, signal }, site, () => prepared.failure)
    } finally {
      prepared.finish()
    }
  }

  /**
   * Downloads a file: into a part file beside `to`, renamed at the end. Without premium it may need a captcha and a wait:
   * with `onCaptcha` it goes through both by itself, else {@link freeDownload} leads through them first.
   *
   * @param target - Its id or link, or the entry of a listing.
   * @param to - Path of the file, or of a folder in which it gets the name that the service gives it.
   */
  async download(
    target: string | Entry,
    to: string | URL,
    params: DownloadParams = {},
    options?: CallOptions,
  ): Promise<Entry> {
    const site = here(this.download)
    const { overwrite = false, onProgress, signal = options?.signal, ...rest } = checked(params, site)
    const args = this.#downloadArguments(target, rest, site)
    const sent = optionsText({ ...options, signal }, site, undefined)
    const path = to instanceof URL ? fileURLToPath(to) : to
    if (typeof path !== 'string') throw invalidArgument('the path of a download is a text', site)
    const send: Transfer = (told, cancel) =>
      this.#caller.native.download(path, overwrite === true, args, sent, told, cancel)
    return this.#transfer(send, onProgress, { ...options, signal }, site)
  }

  /** Opens a file of the service as a stream of bytes. */
  async downloadStream(
    target: string | Entry,
    params: Omit<DownloadParams, 'overwrite' | 'onProgress'> = {},
    options?: CallOptions,
  ): Promise<ByteStream> {
    const site = here(this.downloadStream)
    const { signal = options?.signal, ...rest } = checked(params, site)
    const args = this.#downloadArguments(target, rest, site)
    const all = { ...options, signal }
    const sent = optionsText(all, site, undefined)
    const start = (cancel: NativeCancel | null) => this.#caller.native.downloadStream(args, sent, cancel)
    const settled = await this.#caller.perform(start, all, site)
    return new ByteStream(settled.stream(), signal)
  }

  /**
   * Sends a request that no operation describes, with the same sign-in, retries and errors.
   *
   * @param path - Below the address of the service's API.
   * @param params - Goes where the service's parameters go.
   */
  async request(
    method: string,
    path: string,
    params: { readonly [name: string]: unknown } = {},
    options?: RequestOptions,
  ): Promise<JsonValue> {
    const site = here(this.request)
    return (await this.#caller.request(method, path, anyText(params, site), options, site)) as JsonValue
  }

  /**
   * Begins to sign in; the flow stands at its first step. Where `onCaptcha` or `onConfirm` were given, it runs through
   * by itself. Not needed for signing in without a captcha: that happens at the first call.
   */
  async signIn(options?: MoveOptions): Promise<Flow> {
    return this.#caller.signIn(options?.signal, here(this.signIn))
  }

  /**
   * Begins what leads to a download without premium: a captcha, and a wait. With `onCaptcha` it runs through by itself, and
   * `download()` does so, too. Once it is done, `download()` of the same file goes through.
   *
   * @param target - An entry, the id or the link of a file.
   */
  async freeDownload(target: string | Entry, options?: MoveOptions): Promise<Flow> {
    const site = here(this.freeDownload)
    const id = idOf(target)
    if (typeof id !== 'string') throw invalidArgument('a free download is of an entry, an id or a link', site)
    return this.#caller.freeDownload(id, options?.signal, site)
  }

  /** The session, with which a client of the next process need not sign in; it holds a secret. */
  exportSession(): string | null {
    return attempt(here(this.exportSession), () => this.#caller.native.exportSession())
  }

  /** Ends its calls and frees its sockets. Twice is fine. */
  close(): void {
    attempt(here(this.close), () => this.#caller.native.close())
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  /** Names class and address; no credential. */
  [inspect.custom](): string {
    return `${this.constructor.name} { baseUrl: ${inspect(this.baseUrl)}, closed: ${this.closed} }`
  }

  #downloadArguments(target: string | Entry, rest: object, site: Site): string {
    return argumentsText({ target: idOf(target), ...rest }, { target: 'target', ...this.#info.download }, site)
  }

  async #transfer(
    send: Transfer,
    onProgress: TransferParams['onProgress'],
    options: CallOptions,
    site: Site,
    cause?: () => unknown,
  ): Promise<Entry> {
    const telling = new Telling(onProgress)
    const signal = telling.join(options.signal)
    const start = (cancel: NativeCancel | null) => send(telling.callback, cancel)
    const settled = await this.#caller.perform(start, { ...options, signal }, site, cause)
    telling.last(settled)
    return this.#caller.read<Entry>(settled, site, undefined, sharedTable)
  }

  /** @internal */
  static callerOf(client: Client): Caller {
    return client.#caller
  }
}

function idOf(target: string | Entry): string | null {
  return target instanceof Entry ? (target.id ?? target.path) : target
}

type Told = (progress: NativeProgress | null) => void

type Transfer = (told: Told | null, cancel: NativeCancel | null) => Promise<Settled>

/** Tells a program of a transfer's progress; what its function throws ends the transfer. */
class Telling {
  readonly callback: Told | null
  readonly #onProgress: TransferParams['onProgress']
  readonly #stop = new AbortController()

  constructor(onProgress: TransferParams['onProgress']) {
    this.#onProgress = onProgress
    this.callback = onProgress === undefined ? null : (progress) => this.#tell(progress)
  }

  /** The program's signal and our own. */
  join(signal: AbortSignal | undefined): AbortSignal | undefined {
    if (this.callback === null) return signal
    return signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal])
  }

  /** What the native library had not told when the transfer ended. */
  last(settled: Settled): void {
    const { lastProgress } = settled
    if (lastProgress !== null) this.#onProgress?.(progressOf(lastProgress))
  }

  #tell(progress: NativeProgress | null): void {
    if (progress === null || this.#stop.signal.aborted) return
    try {
      this.#onProgress?.(progressOf(progress))
    } catch (error) {
      this.#stop.abort(error)
    }
  }
}

function checked<T extends TransferParams>(params: T, site: Site): T {
  if (typeof params !== 'object' || params === null) throw invalidArgument('the parameters are an object', site)
  if (params.onProgress !== undefined && typeof params.onProgress !== 'function') {
    throw invalidArgument('onProgress is a function', site)
  }
  return params
}

/**
 * The native library holds this function for as long as the client lives. It holds the program's own, which may know
 * the client, only weakly: so a client that nobody else knows any more can go.
 */
function weakly(onLog: (entry: LogEntry) => void): (entry: NativeLogEntry) => void {
  const reference = new WeakRef(onLog)
  return ({ level, service, operation, message }) => {
    reference.deref()?.({ level, service, operation: operation ?? null, message })
  }
}
