import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { access, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder, makeWorld } from './emulator.js'

test('a signal reaches the socket, and its reason is what the call is rejected with', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await world.fault('hold', 'accountInfo')
  const abort = new AbortController()
  const call = k2s.account.accountInfo({ signal: abort.signal })
  await world.seen('held', 'accountInfo')
  const reason = new Error('enough')
  abort.abort(reason)
  await assert.rejects(call, (error) => error === reason)
  await world.seen('client_closed', 'accountInfo')
  await k2s.account.accountInfo()
})

test('without a reason it is an AbortError', async (t) => {
  const world = await makeWorld(t)
  await world.fault('hold', 'accountInfo')
  const abort = new AbortController()
  const call = world.client().account.accountInfo({ signal: abort.signal })
  await world.seen('held', 'accountInfo')
  abort.abort()
  await assert.rejects(call, { name: 'AbortError' })
})

test('a signal that is aborted already stops everything before it is sent', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const signal = AbortSignal.abort(new Error('too late'))
  const folder = await makeFolder(t)
  await assert.rejects(k2s.account.accountInfo({ signal }), { message: 'too late' })
  await assert.rejects(k2s.files.iterFilesList({}, { signal }).next(), { message: 'too late' })
  await assert.rejects(k2s.upload(new Uint8Array(3), { name: 'three', signal }), { message: 'too late' })
  await assert.rejects(k2s.uploadFolder(folder, { signal }), { message: 'too late' })
  await assert.rejects(k2s.download('abc', join(folder, 'x'), { signal }), { message: 'too late' })
  await assert.rejects(k2s.signIn({ signal }), { message: 'too late' })
  assert.deepEqual(await world.requests(), [])
})

test('a session outlives the call that made it', async (t) => {
  const world = await makeWorld(t)
  const told: string[] = []
  const k2s = world.client({ onSession: (session) => told.push(session) })
  await world.fault('hold', 'accountInfo')
  const abort = new AbortController()
  const call = k2s.account.accountInfo({ signal: abort.signal })
  await world.seen('held', 'accountInfo')
  abort.abort()
  await assert.rejects(call, { name: 'AbortError' })
  await k2s.account.accountInfo()
  assert.deepEqual(told, [k2s.exportSession()])
  assert.equal((await world.requests('login')).length, 1)
})

test('a joined signal and a timeout work as well', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await world.fault('hold', 'accountInfo', { times: 2 })
  const abort = new AbortController()
  const joined = AbortSignal.any([abort.signal, new AbortController().signal])
  const call = k2s.account.accountInfo({ signal: joined })
  await world.seen('held', 'accountInfo')
  abort.abort(new Error('joined'))
  await assert.rejects(call, { message: 'joined' })
  await assert.rejects(k2s.account.accountInfo({ signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' })
})

test('the program’s own handler stays, and none of ours is left', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const abort = new AbortController()
  const { signal } = abort
  let heard = 0
  signal.onabort = () => {
    heard += 1
  }
  let added = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = ((...args: Parameters<typeof add>) => {
    added += 1
    add(...args)
  }) as typeof signal.addEventListener
  signal.removeEventListener = ((...args: Parameters<typeof remove>) => {
    added -= 1
    remove(...args)
  }) as typeof signal.removeEventListener
  await k2s.account.accountInfo({ signal })
  await assert.rejects(k2s.files.createFolder({ name: '' }, { signal }))
  await world.fault('hold', 'accountInfo')
  const call = k2s.account.accountInfo({ signal })
  await world.seen('held', 'accountInfo')
  abort.abort()
  await assert.rejects(call, { name: 'AbortError' })
  assert.equal(heard, 1)
  assert.equal(added, 0)
})

test('one aborted call leaves the others alone', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await world.fault('hold', 'accountInfo', { times: 2 })
  const abort = new AbortController()
  const stopped = k2s.account.accountInfo({ signal: abort.signal })
  const other = k2s.account.accountInfo()
  await world.seen('held', 'accountInfo')
  abort.abort()
  await assert.rejects(stopped, { name: 'AbortError' })
  await world.release()
  assert.equal(typeof (await other).availableTraffic, 'number')
})

test('an iterator ends between and within its pages', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  for (const name of ['one', 'two', 'three']) await k2s.files.createFolder({ name })
  const abort = new AbortController()
  const seen: (string | null)[] = []
  const walk = async () => {
    for await (const item of k2s.files.iterFilesList({}, { signal: abort.signal })) {
      seen.push(item.name)
      abort.abort(new Error('seen one'))
    }
  }
  await assert.rejects(walk(), { message: 'seen one' })
  assert.equal(seen.length, 1)
  await world.fault('hold', 'getFilesList')
  const again = new AbortController()
  const next = k2s.files.iterFilesList({}, { signal: again.signal }).next()
  await world.seen('held', 'getFilesList')
  again.abort()
  await assert.rejects(next, { name: 'AbortError' })
  await world.seen('client_closed', 'getFilesList')
})

test('an upload ends while it is held', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await world.fault('hold', 'upload', { at_byte: 1000 })
  const abort = new AbortController()
  const call = k2s.upload(new Uint8Array(50_000_000), { name: 'large.bin', signal: abort.signal })
  await world.seen('held', 'upload')
  abort.abort()
  await assert.rejects(call, { name: 'AbortError' })
  await world.seen('client_closed', 'upload')
  assert.deepEqual((await k2s.files.getFilesList()).files, [])
})

test('an upload of a stream ends and lets go of the stream', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const folder = await makeFolder(t)
  const path = join(folder, 'large.bin')
  await writeFile(path, new Uint8Array(20_000_000))
  await world.fault('hold', 'upload', { at_byte: 1000 })
  const abort = new AbortController()
  const stream = createReadStream(path)
  const call = k2s.upload(stream, { length: 20_000_000, signal: abort.signal })
  await world.seen('held', 'upload')
  abort.abort()
  await assert.rejects(call, { name: 'AbortError' })
  await world.seen('client_closed', 'upload')
  assert.equal(stream.destroyed, true)
})

test('a download ends while it is held, and leaves no file behind', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const { id } = await k2s.upload(new Uint8Array(3_000_000), { name: 'held.bin' })
  const folder = await makeFolder(t)
  await world.fault('hold', 'download', { at_byte: 100_000 })
  const abort = new AbortController()
  const call = k2s.download(id ?? '', join(folder, 'held.bin'), { signal: abort.signal })
  await world.seen('held', 'download')
  abort.abort()
  await assert.rejects(call, { name: 'AbortError' })
  await world.seen('client_closed', 'download')
  await assert.rejects(access(join(folder, 'held.bin')))
  assert((await readdir(folder)).every((name) => name !== 'held.bin'))
})

test('a stream of bytes ends with the signal of its call', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const { id } = await k2s.upload(new Uint8Array(3_000_000), { name: 'held.bin' })
  await world.fault('hold', 'download', { at_byte: 100_000 })
  const abort = new AbortController()
  const stream = await k2s.downloadStream(id ?? '', { signal: abort.signal })
  const read = stream.bytes()
  await world.seen('held', 'download')
  abort.abort()
  await assert.rejects(read, { name: 'AbortError' })
  await world.seen('client_closed', 'download')
})
