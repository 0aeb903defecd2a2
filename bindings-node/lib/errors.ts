import type { ErrorKind } from './generated/errors.js'

/** An error as data: the same JSON in every language. */
export interface ErrorRecord {
  kind: ErrorKind
  service: string | null
  operation: string | null
  service_code: string | null
  name: string | null
  http_status: number | null
  message: string
  retryable: boolean
  retry_after_ms: number | null
  attempts: number
  details: {
    captcha: CaptchaDetails | null
    sub_errors: { code: string | null; message: string | null; wait_ms: number | null }[]
    items: ItemResult[]
    json_path: string | null
  }
  causes: string[]
}

/** The captcha that a service asks for; it names as much of it as the answer held. */
export interface CaptchaDetails {
  readonly kind: 'image' | 'page' | (string & {}) | null
  readonly challenge: string | null
  readonly url: string | null
}

/** A single failure that the server listed. */
export interface SubError {
  readonly code: string | null
  readonly message: string | null
  readonly waitMs: number | null
}

/** What became of one item of a call on many. */
export interface ItemResult {
  readonly id: string | null
  readonly index: number
  readonly ok: boolean
  readonly code: string | null
  readonly message: string | null
}

/** What else an error's answer held. */
export interface ErrorDetails {
  readonly captcha: CaptchaDetails | null
  readonly subErrors: readonly SubError[]
  readonly items: readonly ItemResult[]
  /** Where an answer could not be read: `$.files[3].id`. */
  readonly jsonPath: string | null
}

const records = new WeakMap<FileFerryError, ErrorRecord>()

/** Every failure of the library: there is a class of its own for each kind. Neither text nor fields show a secret. */
export class FileFerryError extends Error {
  /** The kind: what the caller can do next. */
  readonly code: ErrorKind
  /** The service, where one was involved. */
  readonly service: string | null
  /** Id of the operation, such as `files.getFilesList`. */
  readonly operation: string | null
  /** Exactly the code that the server sent, as text. */
  readonly serviceCode: string | null
  /** A precise name, such as `file_not_found` (`name` is the class's, as in every JavaScript error). */
  readonly reason: string | null
  /** HTTP status of the answer. */
  readonly httpStatus: number | null
  /** Whether the same call may succeed later with nothing changed by the caller. */
  readonly retryable: boolean
  /** How long to wait before that, in milliseconds. */
  readonly retryAfterMs: number | null
  /** How many requests the call made. */
  readonly attempts: number
  /** What else the answer held. */
  readonly details: ErrorDetails

  /** An error from its record, such as {@link toJSON} gave. */
  constructor(record: ErrorRecord, options?: ErrorOptions) {
    super([record.message, ...record.causes].join(': '), options ?? causeOf(record.causes))
    records.set(this, record)
    this.code = record.kind
    this.service = record.service
    this.operation = record.operation
    this.serviceCode = record.service_code
    this.reason = record.name
    this.httpStatus = record.http_status
    this.retryable = record.retryable
    this.retryAfterMs = record.retry_after_ms
    this.attempts = record.attempts
    this.details = {
      captcha: record.details.captcha,
      subErrors: record.details.sub_errors.map(({ code, message, wait_ms }) => ({ code, message, waitMs: wait_ms })),
      items: record.details.items,
      jsonPath: record.details.json_path,
    }
  }

  /** The record of this error. */
  toJSON(): ErrorRecord {
    const record = records.get(this)
    if (record === undefined) throw new TypeError('not a FileFerryError made by its constructor')
    return structuredClone(record)
  }
}

/** The chain of causes as errors, the outermost first. */
function causeOf(causes: readonly string[]): ErrorOptions {
  const innermost: ErrorOptions = {}
  return causes.reduceRight<ErrorOptions>((cause, text) => ({ cause: withoutStack(text, cause) }), innermost)
}

/** A cause happened in the native library: a stack of JavaScript would say nothing of it. */
function withoutStack(text: string, options: ErrorOptions): Error {
  const error = new Error(text, options)
  error.stack = `Error: ${text}`
  return error
}
