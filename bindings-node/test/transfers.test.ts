import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Entry, FileFerryError, type Keep2Share, type Progress, type UploadParams, type UploadSource } from 'fileferry'
import { makeFolder, makeWorld, testDisks } from './emulator.js'

const content = randomBytes(300_000)

/** What the service now holds under this id. */
async function stored(k2s: Keep2Share, entry: Entry): Promise<Buffer> {
  assert(entry.id !== null)
  return (await k2s.downloadStream(entry.id)).bytes()
}

test('every kind of source arrives whole', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const folder = await makeFolder(t)
  const path = join(folder, 'größe 1.bin')
  await writeFile(path, content)
  const file = await open(path)
  t.after(() => file.close())
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += 1000) yield content.subarray(at, at + 1000)
  }
  const { length } = content
  const sources: [string, UploadSource, UploadParams, string][] = [
    ['a path', path, {}, 'größe 1.bin'],
    ['a file address', pathToFileURL(path), {}, 'größe 1.bin'],
    ['a Buffer', content, { name: 'buffer.bin' }, 'buffer.bin'],
    ['a Uint8Array', new Uint8Array(content), { name: 'array.bin' }, 'array.bin'],
    ['an ArrayBuffer', new Uint8Array(content).buffer, { name: 'whole.bin' }, 'whole.bin'],
    ['a Blob', new Blob([content]), { name: 'blob.bin' }, 'blob.bin'],
    ['an open file', file, { name: 'handle.bin' }, 'handle.bin'],
    ['a stream of a file', createReadStream(path), { length }, 'größe 1.bin'],
    ['a stream of Node', Readable.from(pieces()), { length, name: 'readable.bin' }, 'readable.bin'],
    ['a stream of the web', new Blob([content]).stream(), { length, name: 'web.bin' }, 'web.bin'],
    ['a generator', pieces(), { length, name: 'generator.bin' }, 'generator.bin'],
  ]
  for (const [what, source, params, name] of sources) {
    const entry = await k2s.upload(source, params)
    assert(entry instanceof Entry, what)
    assert.equal(entry.name, name, what)
    assert.equal(entry.size, length, what)
    assert.equal(entry.isFolder, false, what)
    assert.equal(entry.service, 'keep2share', what)
    assert((await stored(k2s, entry)).equals(content), what)
  }
  // Ours to read, not to close.
  assert.equal((await file.stat()).size, length)
})

test('a File of the web brings its name', async (t) => {
  const world = await makeWorld(t)
  const { File: WebFile } = await import('node:buffer')
  const entry = await world.client().upload(new WebFile([content], 'web file.bin'))
  assert.equal(entry.name, 'web file.bin')
})

test('an upload goes into its folder under its name', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const { id } = await k2s.files.createFolder({ name: 'folder' })
  await k2s.upload(new Uint8Array(7), { folder: id, name: 'seven.bin' })
  const { files } = await k2s.files.getFilesList({ parent: id })
  assert.deepEqual(
    files.map(({ name, size, md5 }) => ({ name, size, md5 })),
    [{ name: 'seven.bin', size: 7, md5: createHash('md5').update(new Uint8Array(7)).digest('hex') }],
  )
})

test('a download lands where it was wanted', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const uploaded = await k2s.upload(content, { name: 'content.bin' })
  const folder = await makeFolder(t)
  const to = join(folder, 'copy.bin')
  const entry = await k2s.download(uploaded, to)
  assert(entry instanceof Entry)
  assert.equal(entry.path, to)
  assert.equal(entry.size, content.length)
  assert((await readFile(to)).equals(content))
  await writeFile(to, 'old')
  await k2s.download(uploaded.id ?? '', pathToFileURL(to), { overwrite: true })
  assert((await readFile(to)).equals(content))
  await mkdir(join(folder, 'into'))
  const named = await k2s.download(uploaded, join(folder, 'into'))
  assert.equal(named.path, join(folder, 'into', 'content.bin'))
  assert.deepEqual((await readdir(folder)).sort(), ['copy.bin', 'into'])
})

test('progress comes while a transfer is held, never passes the total, and ends exactly', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const folder = await makeFolder(t)
  const length = 24_000_000
  const check = (events: readonly Progress[]) => {
    assert(events.length >= 3, JSON.stringify(events))
    for (const { bytesDone, bytesTotal } of events) assert(bytesTotal === null || bytesDone <= bytesTotal)
    const last = events.at(-1)
    assert.equal(last?.phase, 'done')
    assert.deepEqual([last.bytesDone, last.bytesTotal, last.attempt], [length, length, 1])
  }

  await world.fault('hold', 'upload', { at_byte: 12_000_000 })
  const sent: Progress[] = []
  const upload = k2s.upload(new Uint8Array(length), { name: 'large.bin', onProgress: (event) => sent.push(event) })
  await world.seen('held', 'upload')
  assert(sent.length >= 1)
  await world.release()
  const entry = await upload
  check(sent)

  await world.fault('hold', 'download', { at_byte: 12_000_000 })
  const received: Progress[] = []
  const to = join(folder, 'large.bin')
  const download = k2s.download(entry, to, { onProgress: (event) => received.push(event) })
  await world.seen('held', 'download')
  assert(received.length >= 1)
  await world.release()
  await download
  check(received)

  // Nothing comes after the promise has settled.
  const told = [sent.length, received.length]
  await k2s.account.accountInfo()
  assert.deepEqual([sent.length, received.length], told)
})

test('a program that throws in its progress ends the transfer with that', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await world.fault('hold', 'upload', { at_byte: 1_000_000 })
  const oops = new Error('oops')
  const call = k2s.upload(new Uint8Array(30_000_000), {
    name: 'large.bin',
    onProgress: () => {
      throw oops
    },
  })
  await assert.rejects(call, (error) => error === oops)
  assert.deepEqual((await k2s.files.getFilesList()).files, [])
})

test('a stream that fails ends the upload and is its cause', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const broken = new Error('the tape is torn')
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1000)
    throw broken
  }
  const call = k2s.upload(pieces(), { name: 'torn.bin', length: 5000 })
  await assert.rejects(call, (error) => {
    assert(error instanceof FileFerryError)
    assert.equal(error.code, 'io')
    assert.match(error.message, /torn/)
    assert.equal(error.cause, broken)
    return true
  })
  assert.deepEqual((await k2s.files.getFilesList()).files, [])
})

test('a stream of another length than was said is refused', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const stream = () => Readable.from([new Uint8Array(100), new Uint8Array(100)])
  for (const length of [150, 250]) {
    await assert.rejects(k2s.upload(stream(), { name: 'other.bin', length }), FileFerryError, String(length))
  }
  assert.deepEqual((await k2s.files.getFilesList()).files, [])
})

test('sources that are none are refused', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const stream = Readable.from([new Uint8Array(1)])
  const sources: [unknown, object][] = [
    [5, {}],
    [null, {}],
    [{}, {}],
    [new URL('https://example.com/x'), {}],
    [stream, { name: 'no length' }],
    [stream, { name: 'bad length', length: -1 }],
    [stream, { name: 'bad length', length: 1.5 }],
    [new Uint8Array(1), { name: 5 }],
    [new Uint8Array(1), { name: 'x.bin', nonsense: 1 }],
    [new Uint8Array(1), { name: 'x.bin', onProgress: 1 }],
  ]
  for (const [source, params] of sources) {
    await assert.rejects(k2s.upload(source as UploadSource, params), { code: 'invalid_argument' })
  }
  await assert.rejects(k2s.download('id', 5 as unknown as string), { code: 'invalid_argument' })
  assert.deepEqual(await world.requests(), [])
})

test('a stream that yields texts is refused', async (t) => {
  const world = await makeWorld(t)
  const call = world.client().upload(Readable.from(['text']), { name: 'text.bin', length: 4 })
  await assert.rejects(call, { code: 'io', message: /Uint8Array/ })
})

test('an upload that signs in first takes nothing from its stream', async (t) => {
  const world = await makeWorld(t)
  const { username, password } = world.account('captcha')
  const k2s = world.client({
    username,
    password,
    onCaptcha: (step) => world.solution(step.challenge),
  })
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += 50_000) yield content.subarray(at, at + 50_000)
  }
  const entry = await k2s.upload(pieces(), { name: 'after captcha.bin', length: content.length })
  assert((await stored(k2s, entry)).equals(content))
})

test('a file that changes while it is sent is not stored as if it were whole', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const path = join(await makeFolder(t), 'shrinks.bin')
  await writeFile(path, new Uint8Array(20_000_000))
  await world.fault('hold', 'upload', { at_byte: 1000 })
  const upload = k2s.upload(path)
  await world.seen('held', 'upload')
  await truncate(path, 15_000_000)
  await world.release()
  await assert.rejects(upload, { name: 'SourceChangedError', code: 'changed' })
  assert.deepEqual((await k2s.files.getFilesList()).files, [])
})

test('a full disk ends a download, and nothing is left on it', async (t) => {
  const disks = testDisks(t)
  if (disks === undefined) return
  const world = await makeWorld(t)
  const k2s = world.client()
  const entry = await k2s.upload(new Uint8Array(3_000_000), { name: 'large.bin' })
  const full = join(disks, 'full')
  await assert.rejects(k2s.download(entry, join(full, 'large.bin')), { code: 'io', message: /No space left/ })
  assert.deepEqual(await readdir(full), [])
})

test('a file that nobody can read is not sent', async (t) => {
  const disks = testDisks(t)
  if (disks === undefined) return
  const world = await makeWorld(t)
  await assert.rejects(world.client().upload(join(disks, 'unreadable')), { code: 'io' })
  assert.deepEqual(await world.requests(), [])
})

test('a folder is no file, however it is given', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const folder = await makeFolder(t)
  const opened = await open(folder)
  t.after(() => opened.close())
  for (const source of [folder, pathToFileURL(folder), opened]) {
    await assert.rejects(k2s.upload(source, { name: 'folder' }), { code: 'invalid_argument', message: /is a folder/ })
  }
  assert.deepEqual(await world.requests(), [])
})

test('a stream of bytes can be piped on, and fails where it breaks', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const { id } = await k2s.upload(content, { name: 'content.bin' })
  assert(id !== null)
  const pieces: Buffer[] = []
  for await (const piece of Readable.from(await k2s.downloadStream(id))) pieces.push(piece)
  assert(Buffer.concat(pieces).equals(content))
  await world.fault('reset_in_body', 'download', { at_byte: 100_000 })
  const broken = await k2s.downloadStream(id)
  await assert.rejects(broken.bytes(), (error) => {
    assert(error instanceof FileFerryError)
    assert.equal(error.code, 'network')
    assert.match(error.stack ?? '', /transfers\.test/)
    return true
  })
  const limited = await k2s.downloadStream(id)
  await assert.rejects(limited.bytes({ limit: 1000 }), { code: 'too_large' })
})

test('several transfers at once', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const folder = await makeFolder(t)
  const entries = await Promise.all([1, 2, 3, 4, 5].map((n) => k2s.upload(content, { name: `file ${n}.bin` })))
  await Promise.all(entries.map((entry, n) => k2s.download(entry, join(folder, String(n)))))
  for (const name of await readdir(folder)) assert((await readFile(join(folder, name))).equals(content))
})

test('an empty file goes up and comes down', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const folder = await makeFolder(t)
  const entry = await k2s.upload(new Uint8Array(0), { name: 'empty.bin' })
  await k2s.download(entry, join(folder, 'empty.bin'))
  assert.equal((await readFile(join(folder, 'empty.bin'))).length, 0)
})
