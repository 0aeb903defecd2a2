// The emulator beside a file of tests: each test gets a world of its own.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, type TestContext } from 'node:test'
import { Keep2Share, type Keep2ShareOptions } from 'fileferry'

/** What the emulator tells of a request. */
export interface SeenRequest {
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  // biome-ignore lint/suspicious/noExplicitAny: any JSON.
  readonly body: any
  readonly outcome: string
  readonly body_bytes: number
}

interface Account {
  readonly username: string
  readonly password: string
  readonly access_token: string
}

let running: Promise<{ control: string; process: ChildProcess }> | undefined

async function start(): Promise<{ control: string; process: ChildProcess }> {
  const program = process.env.FILEFERRY_EMULATOR
  if (program === undefined) throw new Error('FILEFERRY_EMULATOR is the path of the emulator')
  const child = spawn(program, ['--until-stdin-closes'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const [ready] = (await once(lines, 'line')) as [string]
  lines.close()
  return { control: JSON.parse(ready).control, process: child }
}

after(async () => {
  if (running === undefined) return
  const { process: child } = await running
  child.stdin?.end()
  await once(child, 'exit')
})

/** A world of its own for a test, which fails when the client sent what no document allows. */
export async function makeWorld(t: TestContext, { violations = 0 }: { violations?: number } = {}): Promise<World> {
  running ??= start()
  const { control } = await running
  const made = await call(control, 'POST', '/worlds')
  const world = new World(`${control}/worlds/${made.id}`, made.services.keep2share)
  t.after(async () => {
    for (const client of world.clients) client.close()
    const { violations: found } = await world.control('GET', '/violations')
    assert.equal(found.length, violations, JSON.stringify(found))
  })
  return world
}

/** A folder that goes with its test. */
export async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fileferry-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The folder of the full disk and of the file that nobody can read; nothing where they could not be mounted. */
export function testDisks(t: TestContext): string | undefined {
  const folder = process.env.FILEFERRY_TEST_DISKS
  if (folder === undefined) {
    t.skip('FILEFERRY_TEST_DISKS is not set: `cargo xtask test` mounts both, where it is root on Linux')
  }
  return folder
}

// biome-ignore lint/suspicious/noExplicitAny: any JSON.
async function call(base: string, method: string, path: string, body?: object): Promise<any> {
  const response = await fetch(base + path, { method, body: body === undefined ? null : JSON.stringify(body) })
  const answer = await response.json()
  assert.equal(response.status, 200, `${method} ${path}: ${JSON.stringify(answer)}`)
  return answer
}

export class World {
  readonly baseUrl: string
  readonly accounts: Readonly<Record<string, Account>>
  readonly clients: Keep2Share[] = []
  readonly #base: string

  constructor(base: string, service: { base_url: string; accounts: Record<string, Account> }) {
    this.#base = base
    this.baseUrl = service.base_url
    this.accounts = service.accounts
  }

  account(kind: string): Account {
    const account = this.accounts[kind]
    assert(account !== undefined, `there is an account ${kind}`)
    return account
  }

  /** A client of an account, which is closed after the test. Nothing waits long here. */
  client(options: Keep2ShareOptions = {}, kind = 'premium'): Keep2Share {
    const { username, password } = this.account(kind)
    const sign = options.accessToken === undefined && options.session === undefined ? { username, password } : {}
    const client = new Keep2Share({ baseUrl: this.baseUrl, rate: 0, backoffMs: 1, ...sign, ...options })
    this.clients.push(client)
    return client
  }

  // biome-ignore lint/suspicious/noExplicitAny: any JSON.
  control(method: string, path: string, body?: object): Promise<any> {
    return call(this.#base, method, path, body)
  }

  async fault(fault: string, path: string, members: object = {}): Promise<void> {
    await this.control('POST', '/faults', { service: 'keep2share', path, fault, ...members })
  }

  async odd(name: string): Promise<void> {
    await this.control('POST', '/odd', { service: 'keep2share', name })
  }

  async release(): Promise<void> {
    await this.control('POST', '/release')
  }

  async requests(operation?: string): Promise<SeenRequest[]> {
    const query = operation === undefined ? '' : `?operation=${operation}`
    return (await this.control('GET', `/requests${query}`)).requests
  }

  /** Waits until the emulator saw requests end, or stand, like this. */
  async seen(outcome: 'held' | 'client_closed', operation: string, count = 1): Promise<SeenRequest[]> {
    const query = `wait_for=${outcome}&operation=${operation}&count=${count}&timeout_ms=5000`
    return (await this.control('GET', `/requests?${query}`)).requests
  }

  /** The solution of a captcha. */
  async solution(challenge: string | null): Promise<string> {
    return (await this.control('GET', `/captchas/${challenge}`)).answer
  }
}
