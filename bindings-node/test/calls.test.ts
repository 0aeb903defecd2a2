import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extraOf, keep2share } from 'fileferry'
import { makeWorld } from './emulator.js'

test('accountInfo gives typed values', async (t) => {
  const world = await makeWorld(t)
  const info = await world.client().account.accountInfo()
  assert(info instanceof keep2share.AccountInfoResult)
  assert.equal(info.availableTraffic, 50 * 1024 ** 3)
  assert(info.accountExpires instanceof Date)
  assert(info.accountExpires.getTime() > Date.now())
})

test('folders are made, listed and deleted', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const { id } = await k2s.files.createFolder({ name: 'Holidays', access: 'private' })
  const page = await k2s.files.getFilesList({ parent: '/', limit: 10, sort: { name: 'ascending' } })
  const [folder] = page.files
  assert(folder instanceof keep2share.File)
  assert.equal(folder.id, id)
  assert.equal(folder.name, 'Holidays')
  assert.equal(folder.isFolder, true)
  assert.equal(folder.size, null)
  assert.match(folder.dateCreated ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  assert.equal((await k2s.files.deleteFiles({ ids: [id] })).deleted, 1)
  assert.deepEqual((await k2s.files.getFilesList()).files, [])
})

test('an iterator walks all pages, one request each', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  for (let index = 0; index < 7; index += 1) await k2s.files.createFolder({ name: `folder ${index}` })
  const names: (string | null)[] = []
  for await (const item of k2s.files.iterFilesList({ parent: '/', limit: 3, sort: { name: 'ascending' } })) {
    names.push(item.name)
  }
  assert.deepEqual(
    names,
    [0, 1, 2, 3, 4, 5, 6].map((index) => `folder ${index}`),
  )
  const offsets = (await world.requests('getFilesList')).map((request) => request.body.offset ?? 0)
  assert.deepEqual(offsets, [0, 3, 6])
})

test('an iterator that is left asks for nothing more', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  for (let index = 0; index < 4; index += 1) await k2s.files.createFolder({ name: `folder ${index}` })
  for await (const item of k2s.files.iterFilesList({ limit: 2 })) if (item.name !== null) break
  assert.equal((await world.requests('getFilesList')).length, 1)
})

test('left out, null and a value are three different requests', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await k2s.files.getFilesList({ parent: undefined })
  await k2s.files.getFilesList({ parent: null })
  await k2s.files.getFilesList({ parent: '/' })
  const bodies = (await world.requests('getFilesList')).map(({ body }) => ('parent' in body ? body.parent : 'left out'))
  assert.deepEqual(bodies, ['left out', null, '/'])
})

test('an upload form is handed out as it came', async (t) => {
  const world = await makeWorld(t)
  const form = await world.client().uploads.getUploadFormData({ parentId: '/' })
  assert.match(form.formAction, /^http:/)
  assert.equal(form.fileField, 'file')
  assert.equal(form.formData.ajax, true)
  assert.equal(typeof form.formData.params, 'string')
})

test('an access token needs no sign-in', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client({ accessToken: world.account('premium').access_token })
  await k2s.account.accountInfo()
  assert.deepEqual(
    (await world.requests()).map(({ operation }) => operation),
    ['accountInfo'],
  )
})

test('login can be called for a token of one’s own', async (t) => {
  const world = await makeWorld(t)
  const { username, password } = world.account('free')
  const { authToken } = await world.client().auth.login({ username, password })
  assert.match(authToken, /^[a-z0-9]{26}$/)
})

test('a captcha is asked for and fetched as a stream', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const { challenge, captchaUrl } = await k2s.auth.requestCaptcha()
  assert.match(captchaUrl, /captcha\.html/)
  await using picture = await k2s.auth.captcha({ id: challenge })
  assert.equal(picture.mediaType, 'image/png')
  const bytes = await picture.bytes()
  assert.equal(bytes.length, picture.length)
  assert.equal(bytes.subarray(1, 4).toString('latin1'), 'PNG')
  assert.equal((await picture.bytes()).length, 0)
})

test('a stream is read chunk by chunk, and let go when its loop is left', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const { challenge } = await k2s.auth.requestCaptcha()
  let length = 0
  for await (const chunk of await k2s.auth.captcha({ id: challenge })) {
    assert(Buffer.isBuffer(chunk))
    length += chunk.length
  }
  assert(length > 100)
  await world.fault('hold', 'captcha', { at_byte: 10 })
  for await (const chunk of await k2s.auth.captcha({ id: challenge })) {
    assert(chunk.length > 0)
    break
  }
  await world.seen('client_closed', 'captcha')
})

test('on_response hears status and headers', async (t) => {
  const world = await makeWorld(t)
  const heard: [number, string | null][] = []
  const onResponse = (status: number, headers: Headers) => {
    heard.push([status, headers.get('content-type')])
  }
  await world.client().account.accountInfo({ onResponse })
  assert.equal(heard.length, 1)
  assert.equal(heard[0]?.[0], 200)
  assert.match(heard[0]?.[1] ?? '', /json/)
})

test('an operation that nobody described can be called', async (t) => {
  const world = await makeWorld(t)
  await world.fault('status', 'getFilesList', { status: 503 })
  const answer = await world.client().request('POST', 'getFilesList', { parent: '/', limit: 5 }, { idempotent: true })
  assert.deepEqual((answer as { files: unknown }).files, [])
})

test('extra sends further members', async (t) => {
  const world = await makeWorld(t, { violations: 1 })
  const call = world.client().files.createFolder({ name: 'named' }, { extra: { brand_new: { deep: [1, null] } } })
  await assert.rejects(call, { code: 'invalid_argument' })
  const [request] = await world.requests('createFolder')
  assert.deepEqual(request?.body.brand_new, { deep: [1, null] })
})

test('unknown members of an answer are kept', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await k2s.files.createFolder({ name: 'Holidays' })
  await world.odd('extra_keys')
  const { files } = await k2s.files.getFilesList()
  assert(files[0] !== undefined)
  assert(Object.keys(extraOf(files[0])).length > 0)
  assert.deepEqual(Object.keys(files[0]).sort(), Object.keys(keep2share.File.fromJSON({ id: 'x' })).sort())
})

test('odd forms of a server give the same types', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await k2s.upload(new Uint8Array(5), { folder: '/', name: 'five.bin' })
  for (const form of ['ids_as_integers', 'size_as_text', 'flags_as_numbers', 'escaped_slashes', 'glued_json']) {
    await world.odd(form)
  }
  const [file] = (await k2s.files.getFilesList()).files
  assert.equal(typeof file?.id, 'string')
  assert.equal(file?.size, 5)
  assert.equal(file?.isFolder, false)
})

test('two clients work at once, apart from each other', async (t) => {
  const world = await makeWorld(t)
  const [one, other] = [world.client({}, 'premium'), world.client({}, 'free')]
  await Promise.all([one.files.createFolder({ name: 'of one' }), other.files.createFolder({ name: 'of the other' })])
  const names = async (k2s: typeof one) => (await k2s.files.getFilesList()).files.map(({ name }) => name)
  assert.deepEqual(await Promise.all([names(one), names(other)]), [['of one'], ['of the other']])
})

test('many calls at once share one sign-in', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await Promise.all(Array.from({ length: 20 }, () => k2s.account.accountInfo()))
  assert.equal((await world.requests('login')).length, 1)
  assert.equal((await world.requests('accountInfo')).length, 20)
})

test('a client that is closed makes no more calls, and closing twice is fine', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await world.fault('hold', 'accountInfo')
  const call = k2s.account.accountInfo()
  await world.seen('held', 'accountInfo')
  k2s.close()
  k2s.close()
  assert.equal(k2s.closed, true)
  await assert.rejects(call, { code: 'closed' })
  await world.seen('client_closed', 'accountInfo')
  await assert.rejects(k2s.account.accountInfo(), { code: 'closed', name: 'ClientClosedError' })
})

test('leaving a block closes its client', async (t) => {
  const world = await makeWorld(t)
  let outer: ReturnType<typeof world.client>
  {
    using k2s = world.client()
    outer = k2s
    assert.equal(k2s.closed, false)
  }
  assert.equal(outer.closed, true)
  {
    await using k2s = world.client()
    outer = k2s
  }
  assert.equal(outer.closed, true)
})
