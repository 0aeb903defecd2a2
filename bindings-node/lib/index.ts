/**
 * One client for file-hosting services.
 *
 * @packageDocumentation
 */

export type {
  DownloadParams,
  MakeFolderParams,
  RemoteUploadParams,
  StatParams,
  TransferParams,
  UploadFolderParams,
  UploadParams,
} from './client.js'
export { Client } from './client.js'
export type { CaptchaDetails, ErrorDetails, ErrorRecord, ItemResult, SubError } from './errors.js'
export { FileFerryError } from './errors.js'
export type { CaptchaStep, ConfirmStep, DoneStep, MoveOptions, OtherStep, Picture, Step, WaitStep } from './flow.js'
export { Flow } from './flow.js'
export * from './generated/index.js'
export type { LinkKind } from './generated/shared.js'
export {
  Account,
  Capabilities,
  Entry,
  FileHash,
  FolderItem,
  FolderReport,
  ItemFailure,
  ParsedLink,
} from './generated/shared.js'
export { version } from './generated/version.js'
export type { JsonValue } from './json.js'
export type { LogEntry } from './log.js'
export type { LocalTime } from './model.js'
export { extraOf, Model, Variant } from './model.js'
export type { OpenOptions } from './open.js'
export { open, parseLink } from './open.js'
export type { CallOptions, ClientOptions, RequestOptions } from './options.js'
export type { FolderProgress, Progress } from './progress.js'
export type { UploadSource } from './source.js'
export { ByteStream } from './stream.js'
export type { AccountVerb, Target } from './verbs.js'
