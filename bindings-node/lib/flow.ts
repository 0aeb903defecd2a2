import type { Caller, Handlers } from './caller.js'
import { FileFerryError } from './errors.js'
import type { NativeCancel, NativeFlow, NativeStep } from './native.js'
import { failure, here, type Site } from './raise.js'
import { withSignal } from './signal.js'

/** Wrong answers of a handler after which a flow gives up: the next one may block the account. */
const WRONG_ANSWERS = 3

/** Where a flow stands. New services may bring steps of other types. */
export type Step = CaptchaStep | ConfirmStep | WaitStep | DoneStep | OtherStep

/** What each move of a flow takes. */
export interface MoveOptions {
  readonly signal?: AbortSignal | undefined
}

/** A captcha's picture. */
export interface Picture {
  readonly bytes: Buffer
  readonly mediaType: string
}

/** A captcha to solve. */
export interface CaptchaStep {
  readonly type: 'captcha'
  /** A picture to read, or a page to open that shows a text once it is solved. */
  readonly kind: 'image' | 'page' | (string & {}) | null
  /** Its id for the service. */
  readonly challenge: string | null
  /** Where a person sees it. */
  readonly url: string | null
  /** The picture. */
  image(options?: MoveOptions): Promise<Picture>
  /** Hands the text over that a person read; gives the next step. Once the flow has gone on, it takes no answer. */
  answer(text: string, options?: MoveOptions): Promise<Step>
}

/** A page on which a person agrees. */
export interface ConfirmStep {
  readonly type: 'confirm'
  readonly url: string
  /** The code to enter there. */
  readonly userCode: string | null
  /** When it lapses. */
  readonly expiresAt: Date | null
  /** Goes on once the person agreed, with the text that the page showed, if any. */
  answer(text?: string, options?: MoveOptions): Promise<Step>
}

/** Time to let pass. */
export interface WaitStep {
  readonly type: 'wait'
  readonly waitMs: number
  /** Goes on when the time has passed. Too early, the next step is another wait. */
  proceed(options?: MoveOptions): Promise<Step>
  /** Lets the time pass and goes on. */
  waitOut(options?: MoveOptions): Promise<Step>
}

/** Over: signed in, or the download can begin. */
export interface DoneStep {
  readonly type: 'done'
}

/** A step that this version does not know. */
export interface OtherStep {
  readonly type: 'other'
  /** What the native library calls it. */
  readonly name: string
}

/**
 * A sign-in, or the way to a free download, that a program takes step by step, at its own pace. It stands for one attempt
 * of one caller.
 */
export class Flow {
  readonly #native: NativeFlow
  readonly #caller: Caller
  #step: Step

  private constructor(native: NativeFlow, caller: Caller) {
    this.#native = native
    this.#caller = caller
    this.#step = { type: 'other', name: 'start' }
  }

  /** @internal */
  static async start(native: NativeFlow, caller: Caller, signal: AbortSignal | undefined, site: Site): Promise<Flow> {
    const flow = new Flow(native, caller)
    await flow.#move((cancel) => flow.#native.start(cancel), { signal }, site)
    return flow
  }

  /** Takes a wait that nobody sees. @internal */
  static async waitUnseen(flow: Flow, signal: AbortSignal | undefined): Promise<void> {
    await flow.#move((cancel) => flow.#native.waitUnseen(cancel), { signal }, here(Flow.waitUnseen))
  }

  /** The current step. After a wrong answer it is a new captcha. */
  get step(): Step {
    return this.#step
  }

  async #move(
    start: (cancel: NativeCancel | null) => Promise<NativeStep>,
    options: MoveOptions | undefined,
    site: Site,
  ): Promise<Step> {
    const { step, error } = await withSignal(options?.signal, start)
    if (step !== undefined) this.#stand(JSON.parse(step) as StepRecord)
    if (error !== undefined) throw failure(error, site, options?.signal)
    return this.#step
  }

  #stand(record: StepRecord): void {
    const answering = (asked: string | null) => {
      const answer = (text = '', options?: MoveOptions) =>
        this.#move((cancel) => this.#native.answer(asked, text, cancel), options, here(answer))
      return answer
    }
    const proceed = (options?: MoveOptions) =>
      this.#move((cancel) => this.#native.proceed(cancel), options, here(proceed))
    const waitOut = (options?: MoveOptions) =>
      this.#move((cancel) => this.#native.waitOut(cancel), options, here(waitOut))
    const image = (options?: MoveOptions) => this.#image(options, here(image))
    switch (record.step) {
      case 'captcha': {
        const { kind, challenge, url } = record
        this.#step = { type: 'captcha', kind, challenge, url, image, answer: answering(challenge) }
        break
      }
      case 'confirm': {
        const { url, user_code: userCode, expires_at: expires } = record
        const expiresAt = expires === null ? null : new Date(expires / 1000)
        this.#step = { type: 'confirm', url, userCode, expiresAt, answer: answering(url) }
        break
      }
      case 'wait':
        this.#step = { type: 'wait', waitMs: record.wait_ms, proceed, waitOut }
        break
      case 'done':
        this.#step = { type: 'done' }
        this.#caller.tellSession(record.session)
        break
      default:
        this.#step = { type: 'other', name: (record as { step: string }).step }
    }
  }

  async #image(options: MoveOptions | undefined, site: Site): Promise<Picture> {
    const { bytes, mediaType, error } = await withSignal(options?.signal, (cancel) => this.#native.image(cancel))
    if (error !== undefined) throw failure(error, site, options?.signal)
    return { bytes: bytes ?? Buffer.alloc(0), mediaType: mediaType ?? 'application/octet-stream' }
  }
}

type StepRecord =
  | { step: 'captcha'; kind: string | null; challenge: string | null; url: string | null }
  | { step: 'confirm'; url: string; user_code: string | null; expires_at: number | null }
  | { step: 'wait'; wait_ms: number }
  | { step: 'done'; session: string | null }

/** Takes a flow to its end with the program's handlers, or to the first step that none of them answers. @internal */
export async function runThrough(flow: Flow, handlers: Handlers, signal: AbortSignal | undefined): Promise<void> {
  for (let wrong = 0; wrong < WRONG_ANSWERS; ) {
    const step = flow.step
    if (step.type === 'captcha' && handlers.onCaptcha !== undefined) {
      const text = await handlers.onCaptcha(step)
      try {
        await step.answer(text, { signal })
      } catch (error) {
        wrong += 1
        const again = error instanceof FileFerryError && error.code === 'captcha_invalid' && wrong < WRONG_ANSWERS
        if (!again) throw error
      }
    } else if (step.type === 'confirm' && handlers.onConfirm !== undefined) {
      await step.answer((await handlers.onConfirm(step)) ?? '', { signal })
    } else if (step.type === 'wait') {
      await Flow.waitUnseen(flow, signal)
    } else {
      return
    }
  }
}
