// Runs the conformance cases through the package as a program would use it: a line of JSON for each case comes in, a
// line goes out.

import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { inspect } from 'node:util'
import { type CallOptions, type CaptchaStep, type Client, FileFerryError, type LogEntry, type Step } from 'fileferry'
import { argumentsOf, optionsOf, pathOf, sourceOf } from './arguments.js'
import { services, shared } from './generated/dispatch.js'
import { bytes, Observer, type Seen } from './observe.js'
import type { ServiceTable, ValueType } from './tables.js'

interface Case {
  readonly case: string
  readonly service: string
  readonly operation: string
  readonly verb: string | null
  readonly iterate: boolean
  readonly close_first: boolean
  readonly client: Record<string, unknown>
  readonly call: Record<string, unknown>
  readonly options: Record<string, unknown>
}

/** What happened beside the outcome. */
class Heard {
  readonly progress: { done: number; total: number | null }[] = []
  readonly responses: [number, Record<string, string>][] = []

  /** Of a file and of a folder alike. */
  readonly onProgress = (progress: { readonly bytesDone: number; readonly bytesTotal: number | null }): void => {
    this.progress.push({ done: progress.bytesDone, total: progress.bytesTotal })
  }

  readonly onResponse = (status: number, headers: Headers): void => {
    this.responses.push([status, Object.fromEntries(headers)])
  }
}

async function run(line: Case): Promise<object> {
  // biome-ignore lint/suspicious/noExplicitAny: the tables hold clients of every service.
  const table: ServiceTable<any> | undefined = services[line.service]
  if (table === undefined) throw new Error(`no service is called ${line.service}`)
  const heard = new Heard()
  let client: Client | undefined
  try {
    const { on_captcha: captcha, ...settings } = line.client
    const onCaptcha = captcha === undefined ? {} : { onCaptcha: () => String(captcha) }
    // Secrets are looked for in what is logged.
    const onLog = (entry: LogEntry) => process.stderr.write(`${entry.level} ${entry.message}\n`)
    client = table.open({ ...optionsOf(settings, table.credentials), ...onCaptcha, onLog }) as Client
    if (line.close_first) client.close()
    const { value, seen } = await perform(line, table, client, heard)
    const { progress, responses } = heard
    const debug = [print(value), print(client)]
    return { case: line.case, outcome: 'value', observation: seen, debug, progress, responses }
  } catch (error) {
    if (!(error instanceof FileFerryError)) throw error
    const { progress, responses } = heard
    const record = recordOf(error)
    const debug = [print(error), String(error), error.stack ?? '', ...(client === undefined ? [] : [print(client)])]
    return { case: line.case, outcome: 'error', error: record, debug, progress, responses }
  } finally {
    client?.close()
  }
}

interface Performed {
  readonly value: unknown
  readonly seen: Seen
}

// biome-ignore lint/suspicious/noExplicitAny: the tables hold clients of every service.
async function perform(line: Case, table: ServiceTable<any>, client: Client, heard: Heard): Promise<Performed> {
  const options: CallOptions = { ...optionsOf(line.options), onResponse: heard.onResponse }
  if (line.verb !== null) return performVerb(line, table, client, options, heard)
  const operation = table.operations[line.operation]
  if (operation === undefined) throw new Error(`the package has no operation ${line.operation}`)
  const observer = new Observer(table.models, table.unions)
  const params = argumentsOf(line.call, operation.params, table.models)
  if (line.iterate) {
    if (operation.iterate === undefined) throw new Error(`${line.operation} has no iterator`)
    const value: unknown[] = []
    for await (const item of operation.iterate(client, params, options)) value.push(item)
    return { value, seen: await observer.see(value, { list: operation.item ?? 'json' }) }
  }
  const value = await operation.call(client, params, options)
  return { value, seen: await observer.see(value, operation.result ?? 'json') }
}

async function performVerb(
  line: Case,
  // biome-ignore lint/suspicious/noExplicitAny: the tables hold clients of every service.
  table: ServiceTable<any>,
  client: Client,
  options: CallOptions,
  heard: Heard,
): Promise<Performed> {
  const verbs = new Observer(shared, {})
  const { onProgress } = heard
  // Cases also give arguments of wrong types, on purpose.
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  const call = line.call as Record<string, any>
  switch (line.verb) {
    case 'upload': {
      const { source: given, ...rest } = call
      const { source, ...known } = await sourceOf(given)
      const params = argumentsOf(rest, table.upload, table.models)
      const value = await client.upload(source as string, { ...known, ...params, onProgress }, options)
      return { value, seen: await verbs.see(value, { model: 'Entry' }) }
    }
    case 'uploadFolder': {
      const { source, ...rest } = call
      const params = argumentsOf(rest, table.upload, table.models)
      const value = await client.uploadFolder(pathOf(source) as string, { ...params, onProgress }, options)
      return { value, seen: await verbs.see(value, { model: 'FolderReport' }) }
    }
    case 'download': {
      const { target, to, ...rest } = call
      const params = argumentsOf(rest, table.download, table.models)
      const value = await client.download(target, pathOf(to) as string, { ...params, onProgress }, options)
      return { value, seen: await verbs.see(value, { model: 'Entry' }) }
    }
    case 'request': {
      const value = await client.request(call.method, call.path, call.params, options)
      return { value, seen: { type: 'json', value } }
    }
    case 'signIn':
      return signIn(client, (call.answers ?? []) as string[], call.images === true)
    default: {
      const verb = sharedVerbs[line.verb ?? '']
      if (verb === undefined) throw new Error(`the runner knows no verb ${line.verb}`)
      const value = await verb.call(client, optionsOf(call), options, onProgress)
      return { value, seen: await verbs.see(value, verb.result) }
    }
  }
}

interface SharedVerb {
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  call(client: Client, call: Record<string, any>, options: CallOptions, onProgress: Heard['onProgress']): unknown
  readonly result: ValueType
}

const entry = { model: 'Entry' }

/** What all services do alike, beside what moves files of the program's. */
const sharedVerbs: Record<string, SharedVerb> = {
  list: {
    call: async (client, { folder }, options) => {
      const entries: unknown[] = []
      for await (const item of client.list(folder, options)) entries.push(item)
      return entries
    },
    result: { list: entry },
  },
  stat: { call: (client, { target, ...rest }, options) => client.stat(target, rest, options), result: entry },
  makeFolder: { call: (client, { name, ...rest }, options) => client.makeFolder(name, rest, options), result: entry },
  move: { call: (client, { target, folder }, options) => client.move(target, folder, options), result: entry },
  rename: { call: (client, { target, name }, options) => client.rename(target, name, options), result: entry },
  delete: { call: (client, { target }, options) => client.delete(target, options), result: 'json' },
  shareLink: { call: (client, { target }, options) => client.shareLink(target, options), result: 'text' },
  remoteUpload: {
    call: (client, { url, ...rest }, options, onProgress) => client.remoteUpload(url, { ...rest, onProgress }, options),
    result: entry,
  },
  account: { call: (client, _call, options) => client.account(options), result: { model: 'Account' } },
  capabilities: { call: (client) => client.capabilities(), result: { model: 'Capabilities' } },
}

async function signIn(client: Client, answers: readonly string[], images: boolean): Promise<Performed> {
  const flow = await client.signIn()
  const steps: Seen[] = []
  const left = [...answers]
  let step: Step = flow.step
  while (step.type !== 'done') {
    steps.push(await seenStep(step, images))
    const answer = left.shift()
    if (step.type === 'wait') step = await step.proceed()
    else if ((step.type === 'captcha' || step.type === 'confirm') && answer !== undefined) {
      try {
        step = await step.answer(answer)
      } catch (error) {
        // A wrong answer leaves the sign-in at a new captcha, for which the case may have another answer.
        const goesOn = error instanceof FileFerryError && error.code === 'captcha_invalid' && left.length > 0
        if (!goesOn) throw error
        step = flow.step
      }
    } else break
  }
  return { value: flow, seen: { steps } }
}

async function seenStep(step: Step, images: boolean): Promise<Seen> {
  const seen: Record<string, Seen> = { type: { type: 'text', value: step.type } }
  const text = (value: string | null): Seen => ({ type: value === null ? 'null' : 'text', value })
  if (step.type === 'confirm') Object.assign(seen, { url: text(step.url), user_code: text(step.userCode) })
  if (step.type !== 'captcha') return seen
  Object.assign(seen, { kind: text(step.kind), challenge: text(step.challenge), url: text(step.url) })
  if (images && step.kind === 'image') seen.image = await picture(step)
  return seen
}

async function picture(step: CaptchaStep): Promise<Seen> {
  const { bytes: content } = await step.image()
  return bytes(content.length, createHash('sha256').update(content).digest('hex'))
}

function print(value: unknown): string {
  return inspect(value, { depth: 6 })
}

/** The record of an error out of what a program reads: `toJSON` gives back what the error was made of, seen or not. */
function recordOf(error: FileFerryError): Record<string, unknown> {
  const { captcha, subErrors, items, jsonPath } = error.details
  return {
    ...error.toJSON(),
    kind: error.code,
    class: error.name,
    service: error.service,
    operation: error.operation,
    service_code: error.serviceCode,
    name: error.reason,
    http_status: error.httpStatus,
    retryable: error.retryable,
    retry_after_ms: error.retryAfterMs,
    attempts: error.attempts,
    details: {
      captcha,
      sub_errors: subErrors.map(({ code, message, waitMs }) => ({ code, message, wait_ms: waitMs })),
      items,
      json_path: jsonPath,
    },
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line) as Case
  const reply = await run(given).catch((error: unknown) => ({
    case: given.case,
    outcome: 'runner_error',
    error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  }))
  process.stdout.write(`${JSON.stringify(reply)}\n`)
}
