import type { CaptchaStep, ConfirmStep } from './flow.js'
import { type Shape, Unwritable, write, writeObject } from './json.js'
import { native } from './load.js'
import type { LogEntry } from './log.js'
import { invalidArgument, type Site } from './raise.js'

/** The last argument of every operation: nothing of it shares the space of the service's own parameters. */
export interface CallOptions {
  /** Ends the call; its reason is what the call is rejected with. */
  readonly signal?: AbortSignal | undefined
  /** For the whole call with its repetitions. */
  readonly deadlineMs?: number | undefined
  /** Requests at most; 1 = never repeat. */
  readonly maxAttempts?: number | undefined
  /** One of the HTTP methods that the operation allows. */
  readonly method?: string | undefined
  /** One of the versions that the operation has. */
  readonly version?: string | undefined
  /** One of the further addresses that the operation has. */
  readonly address?: string | undefined
  /** Further members of the request that no description knows; they go where the operation's own go. */
  readonly extra?: { readonly [name: string]: unknown } | undefined
  /** Told of each response: its status and headers, secrets removed. */
  readonly onResponse?: ((status: number, headers: Headers) => void) | undefined
}

/** Options of a request that no operation describes. */
export interface RequestOptions extends CallOptions {
  /** Whether sending it twice does no harm; else it is not repeated. */
  readonly idempotent?: boolean | undefined
}

/** What every client takes beside the credentials of its service. */
export interface ClientOptions {
  /** What {@link Client.exportSession} gave: no sign-in is needed. */
  readonly session?: string | undefined
  /** Called with the new session whenever it changed; it holds a secret. */
  readonly onSession?: ((session: string) => void) | undefined
  /**
   * Answers a captcha: shows it to a person and gives the text that they read. After a wrong answer it is asked again,
   * three times at most. A call that it makes itself and that needs an answer, too, is refused with `captcha_required`.
   */
  readonly onCaptcha?: ((step: CaptchaStep) => string | Promise<string>) | undefined
  /** Shows a page on which a person agrees; gives the text that the page shows then, if there is one. */
  readonly onConfirm?: ((step: ConfirmStep) => string | undefined | Promise<string | undefined>) | undefined
  /** Hears of each request, secrets removed. */
  readonly onLog?: ((entry: LogEntry) => void) | undefined
  /** Another address of the service's API. */
  readonly baseUrl?: string | undefined
  /** Allows `http://` elsewhere than on this machine. */
  readonly allowHttp?: boolean | undefined
  /** Default 10,000. */
  readonly connectTimeoutMs?: number | undefined
  /** How long no byte may come while we wait for the network; default 60,000. */
  readonly idleTimeoutMs?: number | undefined
  /** The same after the last byte of an upload, while the server copies; default 15 minutes. */
  readonly uploadIdleTimeoutMs?: number | undefined
  /** For each whole call with its repetitions; default none. */
  readonly deadlineMs?: number | undefined
  /** Requests a call at most; default 3. */
  readonly maxAttempts?: number | undefined
  /** Wait before the first repetition, doubled each time; default 500. */
  readonly backoffMs?: number | undefined
  /** Default 20,000. */
  readonly backoffMaxMs?: number | undefined
  /** A server that wants us to wait longer gets an error instead; default 120,000. */
  readonly retryAfterCapMs?: number | undefined
  /** Added to the wait for a free download; default 2,000. */
  readonly freeWaitMarginMs?: number | undefined
  /** Until the service is asked again how far it has come, at a remote upload; it grows sixfold. Default 5,000. */
  readonly pollIntervalMs?: number | undefined
  /** Calls a second; 0 = no limit. Default: what the service allows. */
  readonly rate?: number | undefined
  /** Largest JSON answer in bytes; default 64 MiB. */
  readonly maxJson?: number | undefined
  /** Address of a proxy; default: what the environment says. */
  readonly proxy?: string | undefined
  /** Path of a PEM file with the certificates to trust; default: the platform's. */
  readonly caBundle?: string | undefined
  /** Name of the program, put before ours. */
  readonly userAgent?: string | undefined
}

const callShape: Shape = {
  deadlineMs: 'deadline_ms',
  maxAttempts: 'max_attempts',
  method: 'method',
  version: 'version',
  address: 'address',
  extra: 'extra',
}

/** What the package itself adds to them. */
const sentShape: Shape = { ...callShape, begunMs: 'begun_ms' }
const requestShape: Shape = { ...sentShape, idempotent: 'idempotent' }

/** What the native library knows of a client's options; a service adds its credentials. @internal */
export const clientShape: Shape = {
  session: 'session',
  baseUrl: 'base_url',
  allowHttp: 'allow_http',
  connectTimeoutMs: 'connect_timeout_ms',
  idleTimeoutMs: 'idle_timeout_ms',
  uploadIdleTimeoutMs: 'upload_idle_timeout_ms',
  deadlineMs: 'deadline_ms',
  maxAttempts: 'max_attempts',
  backoffMs: 'backoff_ms',
  backoffMaxMs: 'backoff_max_ms',
  retryAfterCapMs: 'retry_after_cap_ms',
  freeWaitMarginMs: 'free_wait_margin_ms',
  pollIntervalMs: 'poll_interval_ms',
  rate: 'rate',
  maxJson: 'max_json',
  proxy: 'proxy',
  caBundle: 'ca_bundle',
  userAgent: 'user_agent',
}

/** An object of arguments as JSON text. @internal */
export function argumentsText(value: unknown, shape: Shape, site: Site, operation?: string): string {
  return checked(() => writeObject(value, shape), site, operation)
}

/** An object that nobody described as JSON text. @internal */
export function anyText(value: object, site: Site): string {
  return checked(() => write(value, null, 'params'), site)
}

function checked(text: () => string, site: Site, operation?: string): string {
  try {
    return text()
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error
    const message = operation === undefined ? error.message : `${operation}: ${error.message}`
    throw invalidArgument(message, site, operation)
  }
}

/**
 * The options of a call as JSON text, without those that stay on this side. It begins here: what it needs and every time
 * that it is made are within one deadline. @internal
 */
export function optionsText(
  options: RequestOptions | undefined,
  site: Site,
  operation: string | undefined,
  isRequest = false,
): string {
  if (options !== undefined && options !== null) checkOptions(options, site, operation)
  const { signal: _signal, onResponse: _onResponse, ...sent } = options ?? {}
  return argumentsText({ ...sent, begunMs: native.clockMs() }, isRequest ? requestShape : sentShape, site, operation)
}

function checkOptions(options: CallOptions, site: Site, operation: string | undefined): void {
  const wrong =
    typeof options !== 'object'
      ? 'the options are an object'
      : options.signal !== undefined && typeof options.signal?.throwIfAborted !== 'function'
        ? 'signal is an AbortSignal'
        : options.onResponse !== undefined && typeof options.onResponse !== 'function'
          ? 'onResponse is a function'
          : undefined
  if (wrong !== undefined) throw invalidArgument(wrong, site, operation)
}
