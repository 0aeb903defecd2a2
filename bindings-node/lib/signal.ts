import { native } from './load.js'
import type { NativeCancel } from './native.js'

/**
 * Runs a call that `signal` may end. Nothing begins when it is aborted already, nothing stays on it afterwards, and
 * the program's own `onabort` is not touched.
 */
export async function withSignal<T>(
  signal: AbortSignal | undefined,
  run: (cancel: NativeCancel | null) => Promise<T>,
): Promise<T> {
  if (signal === undefined) return run(null)
  signal.throwIfAborted()
  const cancel = new native.NativeCancel()
  const onAbort = () => cancel.cancel()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await run(cancel)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** The outcome of work that others wait for too: `signal` ends the waiting, not the work. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  const { promise, reject } = withReject()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function withReject(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<never>((_, rejected) => {
    reject = rejected
  })
  return { promise, reject }
}
