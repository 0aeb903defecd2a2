import { inspect } from 'node:util'
import { Caller } from './caller.js'
import type { Flow, MoveOptions } from './flow.js'
import { type Capabilities, type Entry, type FolderReport, sharedTable } from './generated/shared.js'
import { version } from './generated/version.js'
import type { JsonValue, Shape } from './json.js'
import { native } from './load.js'
import type { LogEntry } from './log.js'
import type { Table } from './model.js'
import type { NativeCancel, NativeListener, NativeLogEntry, Settled } from './native.js'
import {
  anyText,
  argumentsText,
  type CallOptions,
  type ClientOptions,
  clientShape,
  optionsText,
  type RequestOptions,
} from './options.js'
import type { FolderProgress, Progress } from './progress.js'
import { attempt, here, invalidArgument, type Site } from './raise.js'
import { pathOf, prepare, type UploadSource } from './source.js'
import { ByteStream } from './stream.js'
import { AccountVerb, entries, perform, type Target, targetOf, verbShape } from './verbs.js'

/** What every transfer takes. */
export interface TransferParams<P = Progress> {
  /** Hears of progress, at most ten times a second and always a last time. What it throws ends the transfer. */
  readonly onProgress?: ((progress: P) => void) | undefined
  /** Ends the transfer; its reason is what the transfer is rejected with. */
  readonly signal?: AbortSignal | undefined
}

/** What every upload takes; a service may add its own. */
export interface UploadParams extends TransferParams {
  /** Where it goes; the root unless said. */
  readonly folder?: Target | undefined
  /** Name for the file; else that of the source. */
  readonly name?: string | undefined
  /** Bytes of a stream: a path, bytes, a Blob and an open file know theirs. */
  readonly length?: number | undefined
}

/** What every upload of a folder takes; a service may add its own. */
export interface UploadFolderParams extends TransferParams<FolderProgress> {
  /** Where its folder is made; in the root unless said. */
  readonly folder?: Target | undefined
  /** Name for its folder; else its own. */
  readonly name?: string | undefined
  /** How many files are sent at once, from 1 to 10; 3 unless said. */
  readonly parallel?: number | undefined
}

/** What every download takes; a service may add its own. */
export interface DownloadParams extends TransferParams {
  /** Whether a file that is there already is replaced; else it is an error, before anything is sent. */
  readonly overwrite?: boolean | undefined
}

/** What {@link Client.stat} takes. */
export interface StatParams {
  /** Whether a bare id is a folder's, for services that number files and folders apart. */
  readonly isFolder?: boolean | undefined
}

/** What {@link Client.makeFolder} takes. */
export interface MakeFolderParams {
  /** Where it is made; in the root unless said. */
  readonly folder?: Target | undefined
  /** Gives the folder of that name that is there instead of an error. */
  readonly existOk?: boolean | undefined
}

/** What {@link Client.remoteUpload} takes. */
export interface RemoteUploadParams extends TransferParams {
  /** Where it goes; the root unless said. */
  readonly folder?: Target | undefined
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

/**
 * A client of one service. It can be shared by all calls of a program; close it when it is no longer needed.
 *
 * The verbs that all services share take a *target*: an entry, a path (it begins with `/`; `/` is the root) or a bare id. A
 * path that fits several entries is a `conflict`, with their ids in `details.items`; one that leads nowhere is `not_found`.
 * What a service cannot do is `not_supported`, an entry of another service `invalid_argument`, and nothing is sent for
 * either. Services know ids only: a path is found by listing one folder after the other on the way to it.
 */
export abstract class Client {
  /** The account: called, it tells of it in the terms that all services share. */
  readonly account: AccountVerb
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
    this.account = new AccountVerb(this.#caller)
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
    const { length, folder, onProgress, signal = options?.signal, ...others } = checked(params, site)
    const rest = { ...others, folder: targetOf(folder) }
    const sent = optionsText({ ...options, signal }, site, undefined)
    const prepared = await prepare(source, length, site)
    try {
      const named = prepared.name !== undefined && !('name' in rest) ? { ...rest, name: prepared.name } : rest
      const args = argumentsText(named, { folder: 'folder', name: 'name', ...this.#info.upload }, site)
      const send: Transfer<Progress> = (told, cancel) =>
        this.#caller.native.upload(prepared.open(), args, sent, told, cancel)
      return await this.#transfer(send, onProgress, { ...options, signal }, site, () => prepared.failure)
    } finally {
      prepared.finish()
    }
  }

  /**
   * Uploads a folder with all that is in it; folders that are there already are used. Files that are there stay beside
   * those that come.
   *
   * A file that fails is reported and the others go on, as is what cannot be uploaded: links, special files, what may not
   * be read. A failure that all others would meet too ends the trying. The call itself fails where there is nothing to
   * report: the local folder cannot be read, or its folder on the service cannot be made.
   *
   * @param path - The local folder, as a path or a `file:` address.
   */
  async uploadFolder(
    path: string | URL,
    params: UploadFolderParams = {},
    options?: CallOptions,
  ): Promise<FolderReport> {
    const site = here(this.uploadFolder)
    const { folder, onProgress, signal = options?.signal, ...rest } = checked(params, site)
    const shape = { folder: 'folder', name: 'name', parallel: 'parallel', ...this.#info.upload }
    const args = argumentsText({ ...rest, folder: targetOf(folder) }, shape, site)
    const sent = optionsText({ ...options, signal }, site, undefined)
    const from = pathOf(path, site)
    const send: Transfer<FolderProgress> = (told, cancel) =>
      this.#caller.native.uploadFolder(from, args, sent, told, cancel)
    return this.#transfer<FolderReport, FolderProgress>(send, onProgress, { ...options, signal }, site)
  }

  /**
   * Downloads a file: into a part file beside `to`, renamed at the end. Without premium it may need a captcha and a wait:
   * with `onCaptcha` it goes through both by itself, else {@link freeDownload} leads through them first.
   *
   * @param target - The file: an entry, a path, an id, or the link of its page.
   * @param to - Path of the file, or of a folder in which it gets the name that the service gives it.
   */
  async download(target: Target, to: string | URL, params: DownloadParams = {}, options?: CallOptions): Promise<Entry> {
    const site = here(this.download)
    const { overwrite = false, onProgress, signal = options?.signal, ...rest } = checked(params, site)
    const args = this.#downloadArguments(target, rest, site)
    const sent = optionsText({ ...options, signal }, site, undefined)
    const path = pathOf(to, site)
    const send: Transfer<Progress> = (told, cancel) =>
      this.#caller.native.download(path, overwrite === true, args, sent, told, cancel)
    return this.#transfer(send, onProgress, { ...options, signal }, site)
  }

  /** Opens a file of the service as a stream of bytes. */
  async downloadStream(
    target: Target,
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

  #downloadArguments(target: Target, rest: object, site: Site): string {
    return argumentsText({ target: targetOf(target), ...rest }, { target: 'target', ...this.#info.download }, site)
  }

  async #transfer<T, P>(
    send: Transfer<P>,
    onProgress: TransferParams<P>['onProgress'],
    options: CallOptions,
    site: Site,
    cause?: () => unknown,
  ): Promise<T> {
    const telling = new Telling(onProgress)
    const signal = telling.join(options.signal)
    const start = (cancel: NativeCancel | null) => send(telling.callback, cancel)
    const settled = await this.#caller.perform(start, { ...options, signal }, site, cause)
    telling.last(settled)
    return this.#caller.read<T>(settled, site, undefined, sharedTable)
  }

  /**
   * Lists a folder: its entries, page after page, each asked for when it is needed. What is in the trash or dead is left
   * out. Keep2Share asks for 1000 entries at once.
   *
   * @param folder - What to list; the root unless said.
   */
  list(folder: Target = '/', options?: CallOptions): AsyncGenerator<Entry, void, undefined> {
    return entries(this.#caller, folder, options, here(this.list))
  }

  /** Tells what is known of a file or folder; what is not there is `not_found`. */
  async stat(target: Target, params: StatParams = {}, options?: CallOptions): Promise<Entry> {
    return perform(this.#caller, 'stat', { ...params, target: targetOf(target) }, options, here(this.stat))
  }

  /**
   * Makes a folder; gives its entry. One of that name that is there is `already_exists`, unless `existOk` says that it will
   * do. The service is asked for the items of the folder around it first.
   */
  async makeFolder(name: string, params: MakeFolderParams = {}, options?: CallOptions): Promise<Entry> {
    const all = { ...params, name, folder: targetOf(params.folder) }
    return perform(this.#caller, 'make_folder', all, options, here(this.makeFolder))
  }

  /** Moves a file or folder into a folder; gives its entry there. */
  async move(target: Target, folder: Target, options?: CallOptions): Promise<Entry> {
    const all = { target: targetOf(target), folder: targetOf(folder) }
    return perform(this.#caller, 'move', all, options, here(this.move))
  }

  /**
   * Gives a file or folder another name; gives its entry. A name that is empty or holds a slash is `invalid_argument`.
   * Keep2Share takes no name of a file that is shorter than three characters: `rejected`.
   */
  async rename(target: Target, name: string, options?: CallOptions): Promise<Entry> {
    return perform(this.#caller, 'rename', { target: targetOf(target), name }, options, here(this.rename))
  }

  /** Deletes a file, or a folder with what is in it; what is not there is `not_found`. */
  async delete(target: Target, options?: CallOptions): Promise<void> {
    await perform(this.#caller, 'delete', { target: targetOf(target) }, options, here(this.delete))
  }

  /**
   * An address that a stranger can open and that does not lapse by itself. Where there is none it is made; where that
   * cannot be, it is `not_supported`. Keep2Share opens a folder to others for it; a private file stays private and has none.
   */
  async shareLink(target: Target, options?: CallOptions): Promise<string> {
    return perform(this.#caller, 'share_link', { target: targetOf(target) }, options, here(this.shareLink))
  }

  /**
   * Lets the service fetch an address itself, and waits for it; gives the new file's entry. An address that the service
   * does not want, or could not fetch, is `rejected`. How it goes is asked for at the client's `pollIntervalMs`; of the
   * progress, `fraction` tells how much is done. The signal ends the waiting: the service goes on fetching.
   */
  async remoteUpload(url: string | URL, params: RemoteUploadParams = {}, options?: CallOptions): Promise<Entry> {
    const site = here(this.remoteUpload)
    const { folder, onProgress, signal = options?.signal, ...rest } = checked(params, site)
    const all = { ...rest, url: url instanceof URL ? url.href : url, folder: targetOf(folder) }
    const args = argumentsText(all, verbShape, site)
    const sent = optionsText({ ...options, signal }, site, undefined)
    const send: Transfer<Progress> = (told, cancel) =>
      this.#caller.native.verb('remote_upload', args, sent, told, cancel)
    return this.#transfer(send, onProgress, { ...options, signal }, site)
  }

  /** What the service can do. Nothing is sent. */
  capabilities(): Capabilities {
    const read = () => this.#caller.native.capabilities(sharedTable.factories) as Capabilities
    return attempt(here(this.capabilities), read)
  }

  /** @internal */
  static callerOf(client: Client): Caller {
    return client.#caller
  }
}

function idOf(target: string | Entry): string | null {
  return typeof target === 'string' ? target : target.id
}

type Transfer<P> = (told: NativeListener<P> | null, cancel: NativeCancel | null) => Promise<Settled<P>>

/** Tells a program of a transfer's progress; what its function throws ends the transfer. */
class Telling<P> {
  readonly callback: NativeListener<P> | null
  readonly #onProgress: TransferParams<P>['onProgress']
  readonly #stop = new AbortController()

  constructor(onProgress: TransferParams<P>['onProgress']) {
    this.#onProgress = onProgress
    this.callback = onProgress === undefined ? null : (progress) => this.#tell(progress)
  }

  /** The program's signal and our own. */
  join(signal: AbortSignal | undefined): AbortSignal | undefined {
    if (this.callback === null) return signal
    return signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal])
  }

  /** What the native library had not told when the transfer ended. */
  last(settled: Settled<P>): void {
    const { lastProgress } = settled
    if (lastProgress !== null) this.#onProgress?.(lastProgress)
  }

  #tell(progress: P | null): void {
    if (progress === null || this.#stop.signal.aborted) return
    try {
      this.#onProgress?.(progress)
    } catch (error) {
      this.#stop.abort(error)
    }
  }
}

function checked<T extends TransferParams<never>>(params: T, site: Site): T {
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
