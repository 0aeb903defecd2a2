// What the native library gives: the other side of `src/`. Private to the package.

import type { FolderProgress, Progress } from './progress.js'

export interface Native {
  fingerprint(): string
  clockMs(): number
  parseLink(url: string, factories: Factories): unknown
  fromPlain(service: string, index: number, isUnion: boolean, json: string, factories: Factories): unknown
  readonly NativeCancel: new () => NativeCancel
  readonly NativeClient: new (
    service: string,
    options: string,
    onLog: ((entry: NativeLogEntry) => void) | null,
  ) => NativeClient
  readonly NativeSource: {
    path(path: string): NativeSource
    bytes(bytes: Uint8Array): NativeSource
    stream(length: number): NativeSource
  }
}

/** Functions by which the native library makes objects. */
export interface Factories {
  /** One a model, by its index; called with the fields by position, then the unknown members as JSON text. */
  readonly models: readonly Factory[]
  readonly variant: (kind: string, value: unknown) => unknown
  readonly map: (keys: readonly string[], values: readonly unknown[]) => unknown
  readonly json: (text: string) => unknown
}

// biome-ignore lint/suspicious/noExplicitAny: the native library calls it with values of the types that the table says.
export type Factory = (...fields: any[]) => object

export interface NativeCancel {
  cancel(): void
}

export interface NativeLogEntry {
  readonly level: string
  readonly service: string
  readonly operation?: string
  readonly message: string
}

/** Hears of a transfer; null where the newest event was fetched already. */
export type NativeListener<P> = (progress: P | null) => void

/** What a call came to; a transfer's progress is a `P`. */
export interface Settled<P = unknown> {
  /** The error record as JSON. */
  readonly error: string | null
  readonly needs: 'signIn' | 'freeDownload' | null
  /** The file of a free download that is needed. */
  readonly needsTarget: string | null
  readonly session: string | null
  readonly response: { readonly status: number; readonly headers: readonly string[] } | null
  /** The newest event, where the listener has not had it. */
  readonly lastProgress: P | null
  readonly isNone: boolean
  value(factories: Factories): unknown
  stream(): NativeStream | null
}

export interface NativeClient {
  readonly baseUrl: string
  readonly closed: boolean
  close(): void
  exportSession(): string | null
  call(operation: string, args: string, options: string, cancel: NativeCancel | null): Promise<Settled>
  request(method: string, path: string, params: string, options: string, cancel: NativeCancel | null): Promise<Settled>
  pages(operation: string, args: string, options: string): NativePages
  list(args: string, options: string): NativePages
  verb(
    name: string,
    args: string,
    options: string,
    onProgress: NativeListener<Progress> | null,
    cancel: NativeCancel | null,
  ): Promise<Settled<Progress>>
  capabilities(factories: Factories): unknown
  signIn(options: string): NativeFlow
  freeDownload(target: string, options: string): NativeFlow
  upload(
    source: NativeSource,
    args: string,
    options: string,
    onProgress: NativeListener<Progress> | null,
    cancel: NativeCancel | null,
  ): Promise<Settled<Progress>>
  uploadFolder(
    path: string,
    args: string,
    options: string,
    onProgress: NativeListener<FolderProgress> | null,
    cancel: NativeCancel | null,
  ): Promise<Settled<FolderProgress>>
  download(
    to: string,
    overwrite: boolean,
    args: string,
    options: string,
    onProgress: NativeListener<Progress> | null,
    cancel: NativeCancel | null,
  ): Promise<Settled<Progress>>
  downloadStream(args: string, options: string, cancel: NativeCancel | null): Promise<Settled>
}

export interface NativePages {
  next(cancel: NativeCancel | null): Promise<Settled>
}

export interface NativeSource {
  wanted(): Promise<{ readonly accepted: boolean; readonly error?: string }>
  push(chunk: Uint8Array): Promise<{ readonly accepted: boolean; readonly error?: string }>
  fail(message: string): Promise<unknown>
  end(): void
}

export interface NativeStream {
  readonly mediaType: string | null
  readonly length: number | null
  next(cancel: NativeCancel | null): Promise<NativeChunk>
  readAll(limit: number, cancel: NativeCancel | null): Promise<NativeChunk>
  close(): Promise<unknown>
}

export interface NativeChunk {
  readonly bytes?: Buffer
  readonly error?: string
}

export interface NativeFlow {
  start(cancel: NativeCancel | null): Promise<NativeStep>
  answer(asked: string | null, text: string, cancel: NativeCancel | null): Promise<NativeStep>
  proceed(cancel: NativeCancel | null): Promise<NativeStep>
  waitOut(cancel: NativeCancel | null): Promise<NativeStep>
  waitUnseen(cancel: NativeCancel | null): Promise<NativeStep>
  image(cancel: NativeCancel | null): Promise<NativePicture>
}

export interface NativeStep {
  /** The current step as JSON; after a wrong answer it comes beside the error. */
  readonly step?: string
  readonly error?: string
}

export interface NativePicture {
  readonly bytes?: Buffer
  readonly mediaType?: string
  readonly error?: string
}
