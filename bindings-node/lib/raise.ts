// How errors come to be: from the record of the native library to an object of the right class, with the stack of the
// place that called.

import { type ErrorRecord, FileFerryError } from './errors.js'
import { errorClasses } from './generated/errors.js'

/** Where the program called us, remembered before the call leaves JavaScript's stack. */
export interface Site {
  stack?: string
}

/** The place that called `below`. */
// biome-ignore lint/complexity/noBannedTypes: this is what `captureStackTrace` takes.
export function here(below: Function): Site {
  const site: Site = {}
  Error.captureStackTrace(site, below)
  return site
}

/** The error of a record, as if it had been made where the program called. */
export function errorOf(record: ErrorRecord, site: Site, cause?: unknown): FileFerryError {
  const ErrorClass = errorClasses[record.kind] ?? FileFerryError
  const error = new ErrorClass(record, cause === undefined ? undefined : { cause })
  const frames = typeof site.stack === 'string' ? site.stack.indexOf('\n    at ') : -1
  error.stack = `${error.name}: ${error.message}${frames < 0 ? '' : site.stack?.slice(frames)}`
  return error
}

/** What a failed call throws: the reason of the signal where the signal ended it. */
export function failure(recordText: string, site: Site, signal?: AbortSignal, cause?: unknown): unknown {
  const record = JSON.parse(recordText) as ErrorRecord
  if (record.kind === 'cancelled' && signal?.aborted) return signal.reason
  return errorOf(record, site, cause)
}

/** Bad input that is found before anything is sent. */
export function invalidArgument(message: string, site: Site, operation?: string, cause?: unknown): FileFerryError {
  const details = { captcha: null, sub_errors: [], items: [], json_path: null }
  const record: ErrorRecord = {
    kind: 'invalid_argument',
    service: null,
    operation: operation ?? null,
    service_code: null,
    name: null,
    http_status: null,
    message,
    retryable: false,
    retry_after_ms: null,
    attempts: 0,
    details,
    causes: [],
  }
  return errorOf(record, site, cause)
}

/** Runs a function of the native library that answers at once; what it throws holds a record. */
export function attempt<T>(site: Site, run: () => T, operation?: string): T {
  try {
    return run()
  } catch (error) {
    const record = error instanceof Error ? recordIn(error.message) : undefined
    if (record === undefined) throw error
    record.operation ??= operation ?? null
    throw errorOf(record, site)
  }
}

function recordIn(message: string): ErrorRecord | undefined {
  return message.startsWith('{"kind":') ? (JSON.parse(message) as ErrorRecord) : undefined
}
