import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Entry, type FolderProgress, FolderReport, type Keep2Share } from 'fileferry'
import { makeFolder, makeWorld } from './emulator.js'

/** A local folder with these files in it. */
async function makeTree(t: TestContext, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const root = join(await makeFolder(t), 'photos')
  await mkdir(root)
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(root, dirname(name)), { recursive: true })
    await writeFile(join(root, name), content)
  }
  return root
}

/** What lies below a folder of the service, in the order of names; a folder's ends in a slash. */
async function listed(k2s: Keep2Share, parent: string): Promise<string[]> {
  const all: string[] = []
  for (const { id, name, isFolder } of (await k2s.files.getFilesList({ parent })).files) {
    all.push(isFolder ? `${name}/` : `${name}`)
    if (isFolder) all.push(...(await listed(k2s, id)).map((below) => `${name}/${below}`))
  }
  return all.sort()
}

const tree = { 'b.bin': '22', 'a/one.bin': '1', 'a/deep/größe 2.bin': '333', 'c/empty.bin': '' }
const below = ['a/', 'a/deep/', 'a/deep/größe 2.bin', 'a/one.bin', 'b.bin', 'c/', 'c/empty.bin', 'empty/']

test('a folder arrives with all that is in it', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const root = await makeTree(t, tree)
  await mkdir(join(root, 'empty'))
  const report = await k2s.uploadFolder(root)
  assert(report instanceof FolderReport)
  assert.deepEqual([report.folder.name, report.folder.isFolder, report.folder.service], ['photos', true, 'keep2share'])
  assert.deepEqual(
    report.items.map(({ path, isFolder }) => (isFolder ? `${path}/` : path)),
    below,
  )
  for (const { path, entry, error } of report.items) {
    assert(entry instanceof Entry, path)
    assert.equal(error, null)
    assert(path.endsWith(entry.name))
  }
  assert.deepEqual([report.uploaded, report.failed, report.bytes], [4, 0, 6])
  assert.deepEqual(await listed(k2s, report.folder.id ?? ''), below)
  const deep = await k2s.downloadStream('/photos/a/deep/größe 2.bin')
  assert.equal((await deep.bytes()).toString(), '333')
})

test('a folder goes where it is wanted, and is used again', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const root = await makeTree(t, tree)
  const backups = await k2s.makeFolder('Backups')
  const first = await k2s.uploadFolder(pathToFileURL(root), { folder: backups, name: 'today' })
  assert.equal((await k2s.stat('/Backups/today/a/one.bin')).size, 1)
  const made = (await world.requests('createFolder')).length
  const again = await k2s.uploadFolder(root, { folder: '/Backups', name: 'today' })
  assert.equal(again.folder.id, first.folder.id)
  assert.equal((await world.requests('createFolder')).length, made)
  assert.deepEqual(
    (await listed(k2s, again.folder.id ?? '')).filter((path) => path.startsWith('a/')),
    ['a/', 'a/deep/', 'a/deep/größe 2.bin', 'a/deep/größe 2.bin', 'a/one.bin', 'a/one.bin'],
  )
})

test('what fails is reported, and the rest goes on', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const root = await makeTree(t, { 'a.bin': '1', 'b.bin': '22', 'c.bin': '333' })
  await symlink(join(root, 'a.bin'), join(root, 'link.bin'))
  await world.fault('error', 'upload', { skip: 1, message: 'No such luck' })
  const report = await k2s.uploadFolder(root, { parallel: 1 })
  assert.deepEqual(
    report.items.map(({ path, entry, error }) => [path, entry?.name, error?.kind, error?.name]),
    [
      ['a.bin', 'a.bin', undefined, undefined],
      ['b.bin', undefined, 'rejected', 'upload_refused'],
      ['c.bin', 'c.bin', undefined, undefined],
      ['link.bin', undefined, 'not_supported', 'symbolic_link'],
    ],
  )
  assert.deepEqual([report.uploaded, report.failed, report.bytes], [2, 2, 4])
  const { error } = report.items[1] ?? {}
  assert.match(error?.message ?? '', /No such luck/)
  assert.deepEqual([error?.httpStatus, error?.retryable], [400, false])
  assert.deepEqual(FolderReport.fromJSON(JSON.stringify(report)), report)
})

test('the progress of a folder never passes the total, and ends exactly', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const length = 4_000_000
  const files = ['a.bin', 'b.bin', 'below/c.bin'].map((name) => [name, randomBytes(length)] as const)
  const root = await makeTree(t, Object.fromEntries(files))
  const told: FolderProgress[] = []
  const onProgress = (progress: FolderProgress) => told.push(progress)
  await world.fault('hold', 'upload', { at_byte: 2_000_000 })
  const upload = k2s.uploadFolder(root, { onProgress, parallel: 1 })
  await world.seen('held', 'upload')
  assert(told.length >= 1)
  await world.release()
  await upload
  const totals = { filesTotal: 3, bytesTotal: 3 * length }
  for (const { filesDone, filesFailed, filesTotal, bytesDone, bytesTotal } of told) {
    assert(filesDone + filesFailed <= filesTotal && bytesDone <= bytesTotal)
    assert.deepEqual({ filesTotal, bytesTotal }, filesTotal === 0 ? { filesTotal: 0, bytesTotal: 0 } : totals)
  }
  const { bytesOnWire, bytesPerSecond, ...counts } = told.at(-1) ?? ({} as FolderProgress)
  assert.deepEqual(counts, { ...totals, filesDone: 3, filesFailed: 0, bytesDone: 3 * length })
  assert(bytesOnWire >= 3 * length && bytesPerSecond > 0)

  // Nothing comes after the promise has settled; and of what is stored already, no byte is sent.
  const before = told.length
  await k2s.uploadFolder(root, { onProgress: (progress) => assert.equal(progress.bytesOnWire, 0) })
  assert.equal(told.length, before)
})

test('a program that throws in the progress of a folder ends its upload with that', async (t) => {
  const world = await makeWorld(t)
  const root = await makeTree(t, { 'a.bin': randomBytes(3_000_000) })
  await world.fault('hold', 'upload', { at_byte: 1_000_000 })
  const oops = new Error('oops')
  const onProgress = () => {
    throw oops
  }
  await assert.rejects(world.client().uploadFolder(root, { onProgress }), (error) => error === oops)
})

test('the service’s own arguments are those of an upload', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const root = await makeTree(t, { 'a/one.bin': '1' })
  const { items } = await k2s.uploadFolder(root, { access: 'private', byHash: false })
  const ids = items.map(({ entry }) => entry?.id ?? '')
  const { files } = await k2s.files.getFilesInfo({ ids })
  assert.deepEqual(
    files.map(({ access }) => access),
    ['private', 'private'],
  )
  assert.deepEqual(await world.requests('findByFirst5MbSha1Hash'), [])
})

test('a signal ends all uploads of a folder', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  // More than the buffers of a connection take.
  const large = new Uint8Array(20_000_000)
  const root = await makeTree(t, { 'a.bin': large, 'b.bin': large, 'c.bin': '3' })
  await world.fault('hold', 'upload', { times: null, at_byte: 1000 })
  const abort = new AbortController()
  const call = k2s.uploadFolder(root, { parallel: 2, byHash: false, signal: abort.signal })
  await world.seen('held', 'upload', 2)
  const reason = new Error('enough')
  abort.abort(reason)
  await assert.rejects(call, (error) => error === reason)
  await world.seen('client_closed', 'upload', 2)
  assert.equal((await world.requests('upload')).length, 2)
  assert.deepEqual(await listed(k2s, '/'), ['photos/'])
})

test('the upload of a folder signs in with the program’s help', async (t) => {
  const world = await makeWorld(t)
  const { username, password } = world.account('captcha')
  let asked = 0
  const k2s = world.client({
    username,
    password,
    onCaptcha: (step) => {
      asked += 1
      return world.solution(step.challenge)
    },
  })
  const report = await k2s.uploadFolder(await makeTree(t, tree))
  assert.deepEqual([asked, report.uploaded], [1, 4])
})

test('a folder that cannot be uploaded at all is an error of the call', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const root = await makeTree(t, { 'a.bin': '1' })
  const calls: [string, () => Promise<unknown>][] = [
    ['io', () => k2s.uploadFolder(join(root, 'a.bin'))],
    ['io', () => k2s.uploadFolder(join(root, 'nowhere'))],
    ['invalid_argument', () => k2s.uploadFolder(new URL('https://example.com/photos'))],
    ['invalid_argument', () => k2s.uploadFolder(5 as unknown as string)],
    ['invalid_argument', () => k2s.uploadFolder(root, { name: 'a/b' })],
    ['invalid_argument', () => k2s.uploadFolder(root, { parallel: 0 })],
    ['invalid_argument', () => k2s.uploadFolder(root, { parallel: 11 })],
    ['invalid_argument', () => k2s.uploadFolder(root, { parallel: 1.5 })],
    ['invalid_argument', () => k2s.uploadFolder(root, { nonsense: 1 } as object)],
    ['invalid_argument', () => k2s.uploadFolder(root, { onProgress: 1 } as object)],
  ]
  for (const [code, call] of calls) {
    await assert.rejects(call(), { code, stack: /folders\.test/ }, String(call))
  }
  k2s.close()
  await assert.rejects(k2s.uploadFolder(root), { code: 'closed' })
  assert.deepEqual(await world.requests(), [])
})
