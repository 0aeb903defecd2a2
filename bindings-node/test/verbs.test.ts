import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { Account, ConflictError, Entry, Keep2Share, open, type Progress, parseLink, type Target } from 'fileferry'
import { makeFolder, makeWorld, type World } from './emulator.js'

const oddName = '50% #1 ü🎬.txt'
const content = new TextEncoder().encode('content')

function clientOf(world: World): Keep2Share {
  return world.client({ accessToken: world.account('premium').access_token, pollIntervalMs: 1 })
}

/** All that stands for an entry. */
function targetsOf(entry: Entry, path: string): Target[] {
  assert(entry.id !== null)
  return [path, entry.id, entry]
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** An address on this machine that a file can be fetched from: the link of one that is there. */
async function sourceOf(k2s: Keep2Share): Promise<string> {
  const { id } = await k2s.upload(content, { name: 'source.bin' })
  const { url } = await k2s.downloads.getUrl({ fileId: id ?? '' })
  return url ?? ''
}

test('targets are paths, ids and entries', async (t) => {
  const k2s = clientOf(await makeWorld(t))
  const local = await makeFolder(t)
  const docs = await k2s.makeFolder('docs')
  assert.deepEqual([docs.path, docs.isFolder], ['/docs', true])
  for (const [number, folder] of targetsOf(docs, '/docs').entries()) {
    await k2s.upload(content, { name: `${number} ${oddName}`, folder })
    assert.equal((await collect(k2s.list(folder))).length, number + 1)
    const made = await k2s.makeFolder('sub', { folder, existOk: true })
    assert.equal(made.name, 'sub')
    await k2s.delete(made)
  }
  const path = `/docs/1 ${oddName}`
  const file = await k2s.stat(path)
  for (const target of targetsOf(file, path)) {
    const found = await k2s.stat(target)
    assert(found instanceof Entry)
    assert.deepEqual([found.id, found.name, found.size], [file.id, `1 ${oddName}`, 7])
    assert((await k2s.shareLink(target)).endsWith(`/file/${file.id}`))
    await k2s.download(target, join(local, 'copy'), { overwrite: true })
    assert.equal(await readFile(join(local, 'copy'), 'utf8'), 'content')
    assert.equal((await (await k2s.downloadStream(target)).bytes()).toString(), 'content')
  }
  assert.deepEqual(
    (await collect(k2s.list())).map((entry) => entry.path),
    ['/docs'],
  )
})

test('moving, renaming, deleting', async (t) => {
  const k2s = clientOf(await makeWorld(t))
  await k2s.makeFolder('from')
  const to = await k2s.makeFolder('to')
  for (const [number, folder] of targetsOf(to, '/to').entries()) {
    const name = `file ${number}.bin`
    const file = await k2s.upload(content, { name, folder: '/from' })
    const target = targetsOf(file, `/from/${name}`)[number] ?? ''
    const moved = await k2s.move(target, folder)
    assert.deepEqual([moved.id, moved.name], [file.id, name])
    const renamed = await k2s.rename(`/to/${name}`, oddName)
    assert.deepEqual([renamed.id, renamed.path], [file.id, `/to/${oddName}`])
    assert.equal(await k2s.delete(targetsOf(file, `/to/${oddName}`)[number] ?? ''), undefined)
    await assert.rejects(k2s.delete(file), { code: 'not_found' })
  }
  assert.deepEqual(await collect(k2s.list(to)), [])
  await assert.rejects(k2s.stat(`/to/${oddName}`), { code: 'not_found' })
})

test('what goes wrong has its kind', async (t) => {
  const world = await makeWorld(t)
  const k2s = clientOf(world)
  const first = await k2s.upload(content, { name: 'twice.bin' })
  const second = await k2s.upload(content, { name: 'twice.bin' })
  await assert.rejects(k2s.stat('/twice.bin'), (error) => {
    assert(error instanceof ConflictError)
    assert.deepEqual(
      error.details.items.map(({ id }) => id),
      [first.id, second.id],
    )
    return true
  })
  await k2s.makeFolder('docs')
  await assert.rejects(k2s.makeFolder('docs'), { code: 'already_exists' })
  await assert.rejects(k2s.stat('/docs/nothing'), { code: 'not_found' })
  await assert.rejects(k2s.shareLink('/'), { code: 'not_supported' })
  const before = (await world.requests()).length
  const stranger = Entry.fromJSON({ id: 'abc', name: 'strange', is_folder: true, service: 'yetishare' })
  for (const call of [
    () => k2s.stat(stranger),
    () => k2s.upload(content, { name: 'a.bin', folder: stranger }),
    () => k2s.download(stranger, 'nowhere'),
    () => k2s.downloadStream(stranger),
    () => collect(k2s.list(stranger)),
    () => k2s.stat('/docs/../docs'),
    () => k2s.rename('/docs', 'a/b'),
    () => k2s.delete(''),
    () => k2s.stat(7 as unknown as string),
    () => k2s.remoteUpload('no address'),
    () => k2s.makeFolder('other', { mode: 7 } as object),
  ]) {
    await assert.rejects(call, { code: 'invalid_argument' })
  }
  assert.equal((await world.requests()).length, before)
})

test('a remote upload is waited for', async (t) => {
  const world = await makeWorld(t)
  const k2s = clientOf(world)
  await k2s.makeFolder('films')
  const url = await sourceOf(k2s)
  const seen: Progress[] = []
  const stored = await k2s.remoteUpload(url, { folder: '/films', onProgress: (progress) => seen.push(progress) })
  assert.deepEqual([stored.name, stored.size], ['source.bin', 7])
  assert.deepEqual(
    (await collect(k2s.list('/films'))).map(({ id }) => id),
    [stored.id],
  )
  assert.deepEqual([seen.at(-1)?.phase, seen.at(-1)?.fraction], ['done', 1])
  const refused = { code: 'rejected', reason: 'remote_upload_rejected' }
  await assert.rejects(k2s.remoteUpload(new URL('https://example.com/a.bin')), refused)
  await world.fault('status', 'download', { status: 404 })
  await assert.rejects(k2s.remoteUpload(url), { code: 'rejected', reason: 'remote_upload_failed' })
})

test('a signal ends the waiting for a remote upload, and so does what onProgress throws', async (t) => {
  const world = await makeWorld(t)
  const k2s = clientOf(world)
  await world.control('POST', '/settings', { service: 'keep2share', remote_pace: { seconds: 3600 } })
  const url = await sourceOf(k2s)
  const abort = new AbortController()
  const waiting = k2s.remoteUpload(url, { signal: abort.signal })
  await world.control('GET', '/requests?wait_for=answered&operation=remoteUploadStatus')
  abort.abort(new Error('enough'))
  await assert.rejects(waiting, { message: 'enough' })
  const onProgress = () => {
    throw new Error('no more')
  }
  await assert.rejects(k2s.remoteUpload(url, { onProgress }), { message: 'no more' })
})

test('account is a verb and a group of operations', async (t) => {
  const k2s = clientOf(await makeWorld(t))
  const account = await k2s.account()
  assert(account instanceof Account)
  assert.equal(account.plan, 'premium')
  assert(account.expires instanceof Date)
  assert.equal((await k2s.account.accountInfo()).availableTraffic, account.trafficLeft)
  assert.equal(typeof k2s.account, 'function')
  const signal = AbortSignal.abort(new Error('too late'))
  await assert.rejects(k2s.account({ signal }), { message: 'too late' })
})

test('capabilities and links are told without sending', async (t) => {
  const world = await makeWorld(t)
  const can = clientOf(world).capabilities()
  assert(can.verbs.includes('remote_upload'))
  assert.deepEqual([can.hashUpload, can.ranges, can.paths], [true, true, false])
  const link = parseLink('https://k2s.cc/file/5F0C2B7E41A3D/movie.mp4')
  assert.deepEqual([link?.service, link?.kind, link?.id, link?.host], ['keep2share', 'file', '5f0c2b7e41a3d', 'k2s.cc'])
  for (const other of ['https://example.com/file/5f0c2b7e41a3d', 'no address', '']) assert.equal(parseLink(other), null)
  assert.throws(() => parseLink(7 as unknown as string), { code: 'invalid_argument' })
  assert.deepEqual(await world.requests(), [])
})

test('a client by the name of its service', async (t) => {
  const world = await makeWorld(t)
  const options = { baseUrl: world.baseUrl, accessToken: world.account('premium').access_token, rate: 0 }
  using k2s = open('keep2share', options)
  assert(k2s instanceof Keep2Share)
  const name: string = 'keep2share'
  using client = open(name, options)
  assert.equal((await client.makeFolder('docs')).name, 'docs')
  assert.equal((await collect(k2s.list())).length, 1)
  for (const service of ['nobody', '', 'toString']) assert.throws(() => open(service), { code: 'invalid_argument' })
  assert.throws(() => open(name, { noOption: 1 }), { code: 'invalid_argument' })
  assert.throws(() => open(name, { pollIntervalMs: -1 }), { code: 'invalid_argument' })
})
