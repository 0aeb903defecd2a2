// How the package behaves in processes and threads: each program here runs in a process of its own.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeFolder, makeWorld, type World } from './emulator.js'

const require = createRequire(import.meta.url)
const packageFolder = dirname(require.resolve('fileferry/package.json'))

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** Runs a program to its end; one that does not end in ten seconds is ended, and fails its test. */
async function run(program: string, world?: World, { flags = [] as string[], cwd = '' } = {}): Promise<Ended> {
  const { username, password } = world?.account('premium') ?? { username: '', password: '' }
  const child = spawn(process.execPath, [...flags, '--input-type=module', '--eval', program], {
    cwd: cwd === '' ? dirname(fileURLToPath(import.meta.url)) : cwd,
    env: { ...process.env, BASE: world?.baseUrl, NAME: username, WORD: password, NODE_TEST_CONTEXT: undefined },
    timeout: 10_000,
  })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output, errors }
}

const make = `
  import { Keep2Share } from 'fileferry'
  const { BASE: baseUrl, NAME: username, WORD: password } = process.env
  const k2s = new Keep2Share({ baseUrl, username, password, onLog() {} })
`

test('a process ends by itself while its client is idle and open', async (t) => {
  const world = await makeWorld(t)
  const ended = await run(`${make}; await k2s.account.accountInfo(); console.log('read')`, world)
  assert.deepEqual(ended, { code: 0, output: 'read\n', errors: '' })
})

test('a call in flight keeps its process, until it has its answer', async (t) => {
  const world = await makeWorld(t)
  await world.fault('latency', 'accountInfo', { latency_ms: 300 })
  const ended = await run(`${make}; k2s.account.accountInfo().then(() => console.log('read'))`, world)
  assert.deepEqual(ended, { code: 0, output: 'read\n', errors: '' })
})

test('a process can leave with calls in flight', async (t) => {
  const world = await makeWorld(t)
  await world.fault('hold', 'accountInfo', { times: null })
  await world.fault('hold', 'upload', { times: null, at_byte: 100 })
  const program = `${make}
    for (let n = 0; n < 10; n += 1) k2s.account.accountInfo()
    k2s.upload(new Uint8Array(10_000_000), { name: 'large.bin', onProgress() {} })
    setTimeout(() => process.exit(7), 300)`
  assert.deepEqual(await run(program, world), { code: 7, output: '', errors: '' })
})

test('a worker thread works, and can be ended with calls in flight', async (t) => {
  const world = await makeWorld(t)
  const program = `
    import { Worker } from 'node:worker_threads'
    import { once } from 'node:events'
    const worker = (then) => new Worker(\`
      const { parentPort } = require('node:worker_threads')
      const { Keep2Share } = require('fileferry')
      const { BASE: baseUrl, NAME: username, WORD: password } = process.env
      const k2s = new Keep2Share({ baseUrl, username, password, onLog() {} })
      k2s.account.accountInfo().then(({ availableTraffic }) => { parentPort.postMessage(availableTraffic); \${then} })
    \`, { eval: true, execArgv: [] })
    const both = [worker(''), worker('')]
    const exits = both.map((each) => once(each, 'exit'))
    console.log((await Promise.all(both.map((each) => once(each, 'message')))).flat().join())
    await Promise.all(exits)
    const busy = worker('for (let n = 0; n < 10; n += 1) k2s.files.getFilesList()')
    await once(busy, 'message')
    await busy.terminate()
    console.log('ended')`
  await world.fault('hold', 'getFilesList', { times: null })
  const traffic = 50 * 1024 ** 3
  assert.deepEqual(await run(program, world), { code: 0, output: `${traffic},${traffic}\nended\n`, errors: '' })
})

test('what is imported and what is required are the same', async () => {
  const program = `
    import { createRequire } from 'node:module'
    import * as imported from 'fileferry'
    const required = createRequire(process.cwd() + '/')('fileferry')
    const names = Object.keys(required).filter((name) => name !== '__esModule')
    console.log(names.every((name) => required[name] === imported[name]), names.length > 40)
    console.log(Object.keys(imported.keep2share).length > 10)`
  assert.deepEqual(await run(program), { code: 0, output: 'true true\ntrue\n', errors: '' })
})

test('what a service takes and gives is loaded when it is needed', async () => {
  const program = `
    const { createRequire } = await import('node:module')
    const { cache } = createRequire(process.cwd() + '/')
    const loaded = () => Object.keys(cache).filter((file) => file.includes('keep2share')).length
    const { Keep2Share, keep2share } = await import('fileferry')
    const before = loaded()
    new Keep2Share({ accessToken: 'x' }).close()
    console.log(before, loaded() > before)`
  assert.deepEqual(await run(program), { code: 0, output: '1 true\n', errors: '' })
})

test('a client that nobody holds any more frees its connections', async (t) => {
  const world = await makeWorld(t)
  const program = `${make.replace('const k2s', 'let k2s').replace('onLog() {}', 'onLog() { k2s?.closed }')}
    const gone = new Promise((resolve) => { globalThis.registry = new FinalizationRegistry(resolve) })
    registry.register(k2s)
    await k2s.account.accountInfo()
    k2s = undefined
    const timer = setInterval(gc, 10)
    await gone
    clearInterval(timer)
    console.log('gone')`
  const ended = await run(program, world, { flags: ['--expose-gc'] })
  assert.deepEqual(ended, { code: 0, output: 'gone\n', errors: '' })
})

test('a panic is an internal error, and its client works on', async (t) => {
  const world = await makeWorld(t)
  const program = `${make}
    import { createRequire } from 'node:module'
    const inner = createRequire(import.meta.url)(${JSON.stringify(join(packageFolder, 'dist/client.js'))})
    const { native } = inner.Client.callerOf(k2s)
    const outcome = await native.panic()
    const { kind, message } = JSON.parse(outcome.error)
    console.log(kind, message)
    console.log((await k2s.account.accountInfo()).availableTraffic > 0)`
  const { code, output } = await run(program, world)
  assert.deepEqual({ code, output }, { code: 0, output: 'internal a defect in fileferry stopped the call\ntrue\n' })
})

test('a panic that no call waits for is an internal error as well', async (t) => {
  const world = await makeWorld(t)
  const program = `${make}
    import { createRequire } from 'node:module'
    const inner = createRequire(import.meta.url)(${JSON.stringify(join(packageFolder, 'dist/client.js'))})
    const table = { models: [], variant() {}, map() {}, json() {}, factories: {} }
    class Panicking extends inner.Client {
      constructor() { super({ service: '_panic', table, options: {}, upload: {}, download: {} }, {}) }
    }
    const told = (error) => console.log(error.code, error.name, error.message)
    try { new Panicking() } catch (error) { told(error) }
    await inner.Client.callerOf(k2s).items('_panic', {}, {}).next().catch(told)
    console.log((await k2s.account.accountInfo()).availableTraffic > 0)`
  const { code, output } = await run(program, world)
  const told = 'internal InternalError a defect in fileferry stopped the call\n'
  assert.deepEqual({ code, output }, { code: 0, output: `${told}${told}true\n` })
})

test('a missing native library is explained', async (t) => {
  const folder = await makeFolder(t)
  const copy = join(folder, 'node_modules/fileferry')
  await cp(packageFolder, copy, { recursive: true })
  await rm(join(copy, 'fileferry.node'))
  const { code, errors } = await run("import 'fileferry'", undefined, { cwd: folder })
  assert.equal(code, 1)
  const libc = process.platform === 'linux' ? '-(gnu|musl)' : ''
  assert.match(errors, new RegExp(`npm install fileferry-${process.platform}-${process.arch}${libc}@\\d`))
  for (const word of [process.platform, process.arch]) assert(errors.includes(word))
})

test('a native library of another version is refused', async (t) => {
  const folder = await makeFolder(t)
  const copy = join(folder, 'node_modules/fileferry')
  await cp(packageFolder, copy, { recursive: true })
  const file = join(copy, 'dist/generated/version.js')
  await writeFile(file, (await readFile(file, 'utf8')).replace(/fingerprint = '[0-9a-f]{16}'/, "fingerprint = 'other'"))
  const { code, errors } = await run("import 'fileferry'", undefined, { cwd: folder })
  assert.equal(code, 1)
  assert.match(errors, /another version/)
})
