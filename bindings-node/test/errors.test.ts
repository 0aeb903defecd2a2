import assert from 'node:assert/strict'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import * as fileferry from 'fileferry'
import { extraOf, FileFerryError, InvalidArgumentError, Keep2Share, NotFoundError } from 'fileferry'
import { makeFolder, makeWorld } from './emulator.js'

/** The error that a call is rejected with. */
async function failureOf(call: Promise<unknown>): Promise<FileFerryError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  assert(outcome instanceof FileFerryError, `a FileFerryError, not ${inspect(outcome)}`)
  return outcome
}

test('an error has its class and all fields', async (t) => {
  const world = await makeWorld(t)
  const error = await failureOf(world.client().downloads.getUrl({ fileId: '0123456789abc' }))
  assert(error instanceof NotFoundError)
  assert(error instanceof Error)
  assert.equal(error.name, 'NotFoundError')
  assert.equal(error.code, 'not_found')
  assert.equal(error.service, 'keep2share')
  assert.equal(error.operation, 'downloads.getUrl')
  assert.equal(error.serviceCode, '20')
  assert.equal(error.reason, 'file_not_found')
  assert.equal(error.httpStatus, 406)
  assert.equal(error.retryable, false)
  assert.equal(error.retryAfterMs, null)
  assert.equal(error.attempts, 1)
  assert.deepEqual(error.details, { captcha: null, subErrors: [], items: [], jsonPath: null })
  assert.match(error.message, /file not found/i)
})

test('the stack shows who called, also without await', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  function caller(): Promise<unknown> {
    return k2s.downloads.getUrl({ fileId: '0123456789abc' }).then((link) => link)
  }
  const { stack } = await failureOf(caller())
  assert.match(stack ?? '', /^NotFoundError: .*\n {4}at .*getUrl.*\n {4}at caller /)
})

test('an error turns into its record and back', async (t) => {
  const world = await makeWorld(t)
  const error = await failureOf(world.client().downloads.getUrl({ fileId: '0123456789abc' }))
  const record = JSON.parse(JSON.stringify(error))
  assert.deepEqual(Object.keys(record), [
    'kind',
    'service',
    'operation',
    'service_code',
    'name',
    'http_status',
    'message',
    'retryable',
    'retry_after_ms',
    'attempts',
    'details',
    'causes',
  ])
  const copy = new NotFoundError(record)
  assert.deepEqual(copy.toJSON(), record)
  assert.equal(copy.message, error.message)
})

test('what the server lists and asks for stands in the details', async (t) => {
  const world = await makeWorld(t)
  const errors = [{ code: 5, message: 'Download is not available', timeRemaining: '2521.000000' }]
  await world.fault('error', 'getUrl', { code: 42, http_status: 406, message: 'Download not available', errors })
  const error = await failureOf(world.client().downloads.getUrl({ fileId: '0123456789abc' }))
  assert.equal(error.name, 'WaitRequiredError')
  assert.equal(error.retryAfterMs, 2_521_000)
  assert.equal(error.retryable, true)
  assert.equal(error.details.subErrors.length, 1)
  assert.equal(error.details.subErrors[0]?.code, '5')
  assert.equal(error.details.subErrors[0]?.waitMs, 2_521_000)
})

test('an answer that cannot be read names the place', async (t) => {
  const world = await makeWorld(t)
  await world.fault('body', 'getFilesList', {
    body: '{"status":"success","code":200,"files":[{"id":"a"},{"name":"without id"}]}',
    content_type: 'application/json',
  })
  const error = await failureOf(world.client().files.getFilesList())
  assert.equal(error.code, 'invalid_answer')
  assert.equal(error.details.jsonPath, '$.files[1].id')
})

test('a number that JavaScript cannot hold is never rounded', async (t) => {
  const world = await makeWorld(t)
  const body = (size: string) => `{"status":"success","code":200,"files":[{"id":"a","size":${size}}]}`
  const listing = async (size: string) => {
    await world.fault('body', 'getFilesList', { body: body(size), content_type: 'application/json' })
    return world.client().files.getFilesList()
  }
  assert.equal((await listing('9007199254740991')).files[0]?.size, Number.MAX_SAFE_INTEGER)
  const error = await failureOf(listing('9007199254740993'))
  assert.equal(error.code, 'invalid_answer')
  assert.equal(error.operation, 'files.getFilesList')
  assert.equal(error.details.jsonPath, '$.files[0].size')
  assert.match(error.message, /9007199254740993/)
})

test('what is not needed and cannot be read is null, and kept as it came', async (t) => {
  const world = await makeWorld(t)
  const body = '{"status":"success","code":200,"files":[{"id":"a","size":1.5,"date_created":"yesterday"}]}'
  await world.fault('body', 'getFilesList', { body, content_type: 'application/json' })
  const [file] = (await world.client().files.getFilesList()).files
  assert(file !== undefined)
  assert.equal(file.size, null)
  assert.equal(file.dateCreated, null)
  assert.deepEqual(extraOf(file), { size: 1.5, date_created: 'yesterday' })
})

test('bodies that are none of the service’s', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client({ maxAttempts: 1, maxJson: 1_000_000 })
  await k2s.account.accountInfo()
  const cases = [
    ['html', {}, ['invalid_answer', 'server_error', 'unavailable']],
    ['half_json', {}, ['invalid_answer']],
    ['empty_body', {}, ['invalid_answer', 'server_error']],
    ['long_json', { size: 2_000_000 }, ['too_large', 'invalid_answer']],
    ['status', { status: 503 }, ['unavailable']],
    ['reset_before', {}, ['network']],
    ['close_before', {}, ['network']],
    ['truncate', {}, ['network', 'invalid_answer']],
  ] as const
  for (const [fault, members, kinds] of cases) {
    await world.fault(fault, 'accountInfo', members)
    const error = await failureOf(k2s.account.accountInfo())
    assert((kinds as readonly string[]).includes(error.code), `${fault} gives ${error.code}`)
    assert(error.message.length > 5)
  }
  await world.fault('glued_json', 'accountInfo')
  await k2s.account.accountInfo()
})

test('a network that is not there is an error with its causes', async () => {
  const k2s = new Keep2Share({
    baseUrl: 'http://127.0.0.1:1/api/v2',
    accessToken: 'token',
    maxAttempts: 2,
    backoffMs: 1,
  })
  const error = await failureOf(k2s.account.accountInfo())
  assert.equal(error.name, 'NetworkError')
  assert.equal(error.retryable, true)
  assert.equal(error.attempts, 2)
  assert(error.cause instanceof Error)
  assert.match(error.message, /refused/i)
  k2s.close()
})

test('bad options are refused where the client is made', () => {
  const cases: [object, RegExp][] = [
    [{ baseUrl: 'http://example.com/api' }, /http/],
    [{ accessToken: 'planted\nword' }, /access_?token|control|character/i],
    [{ accessToken: 5 }, /text|string/],
    [{ noSuchOption: 1 }, /noSuchOption/],
    [{ access_token: 'x' }, /access_token/],
    [{ connectTimeoutMs: 'soon' }, /connect_timeout_ms|number|invalid type/],
    [{ connectTimeoutMs: Number.NaN }, /connectTimeoutMs/],
    [{ username: 'only' }, /password/],
    [{ onCaptcha: 'not a function' }, /onCaptcha/],
  ]
  for (const [options, message] of cases) {
    assert.throws(
      () => new Keep2Share(options),
      (error) => {
        assert(error instanceof InvalidArgumentError, inspect(error))
        assert.match(error.message, message)
        assert(!error.message.includes('planted'))
        assert.match(error.stack ?? '', /errors\.test/)
        return true
      },
    )
  }
})

test('bad arguments are refused before anything is sent', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  // biome-ignore lint/suspicious/noExplicitAny: the types are wrong on purpose.
  const files = k2s.files as any
  const calls: [() => Promise<unknown>, RegExp][] = [
    [() => files.getFilesList({ limit: 0 }), /limit/],
    [() => files.getFilesList({ limit: 10_001 }), /limit/],
    [() => files.getFilesList({ limit: 1.5 }), /limit/],
    [() => files.getFilesList({ limit: '10' }), /limit/],
    [() => files.getFilesList({ limit: Number.POSITIVE_INFINITY }), /limit/],
    [() => files.getFilesList({ nonsense: 1 }), /nonsense/],
    [() => files.getFilesList({ only_available: true }), /only_available/],
    [() => files.getFilesList({ sort: { nonsense: 'ascending' } }), /sort\.nonsense/],
    [() => files.getFilesList({ sort: 'name' }), /sort/],
    [() => files.getFilesList('/'), /object/],
    [() => files.getFilesList(null), /object/],
    [() => files.createFolder(), /name|object/],
    [() => files.createFolder({}), /name/],
    [() => files.createFolder({ name: '' }), /name/],
    [() => files.createFolder({ name: 5n }), /name/],
    [() => files.createFolder({ name: () => 'x' }), /name/],
    [() => files.createFolder({ name: new Map() }), /name/],
    [() => files.createFolder({ name: new Date(Number.NaN) }), /name/],
    [() => files.deleteFiles({ ids: [] }), /ids/],
    [() => files.deleteFiles({ ids: 'abc' }), /ids/],
    [() => files.deleteFiles({ ids: [null] }), /ids/],
    [() => files.getFilesList({}, { nonsense: 1 }), /nonsense/],
    [() => files.getFilesList({}, { deadlineMs: -5 }), /deadline/],
    [() => files.getFilesList({}, { signal: 'stop' }), /signal/],
    [() => files.getFilesList({}, { onResponse: 'call' }), /onResponse/],
    [() => files.getFilesList({}, { method: 'BREW' }), /POST/],
    [() => files.iterFilesList({ limit: 0 }).next(), /limit/],
    [() => k2s.request('BREW', 'x'), /method/i],
  ]
  for (const [call, message] of calls) {
    const error = await failureOf(call())
    assert.equal(error.code, 'invalid_argument', `${call}: ${error}`)
    assert.match(error.message, message, String(call))
    assert.equal(error.attempts, 0)
    assert.match(error.stack ?? '', /errors\.test/, String(call))
  }
  assert.deepEqual(await world.requests(), [])
})

test('bad files are refused', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const folder = await makeFolder(t)
  const file = join(folder, 'file.bin')
  await writeFile(file, 'content')
  const { id } = await k2s.upload(file)
  assert(id !== null)
  const missing = await failureOf(k2s.upload(join(folder, 'missing.bin')))
  assert.equal(missing.code, 'io')
  assert.match(missing.message, /missing\.bin/)
  const folderAsFile = await failureOf(k2s.upload(folder))
  assert.equal(folderAsFile.code, 'invalid_argument')
  const taken = await failureOf(k2s.download(id, file))
  assert.equal(taken.name, 'AlreadyExistsError')
  const nowhere = await failureOf(k2s.download(id, join(folder, 'no', 'such', 'folder', 'file')))
  assert.equal(nowhere.code, 'io')
  await mkdir(join(folder, 'locked'))
  if (process.getuid?.() !== 0) {
    await chmod(join(folder, 'locked'), 0o500)
    assert.equal((await failureOf(k2s.download(id, join(folder, 'locked', 'file')))).code, 'io')
  }
  assert.equal((await world.requests('upload')).length, 1)
})

test('a deadline ends a call', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client({ accessToken: world.account('premium').access_token })
  await world.fault('hold', 'accountInfo')
  const error = await failureOf(k2s.account.accountInfo({ deadlineMs: 60 }))
  assert.equal(error.name, 'RequestTimeoutError')
  assert.equal(error.code, 'timeout')
  await world.seen('client_closed', 'accountInfo')
})

test('a call is repeated as often as is allowed', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client({ accessToken: world.account('premium').access_token })
  await world.fault('status', 'accountInfo', { status: 503, times: 2 })
  await k2s.account.accountInfo()
  assert.equal((await world.requests('accountInfo')).length, 3)
  await world.fault('status', 'accountInfo', { status: 503, times: 2 })
  const error = await failureOf(k2s.account.accountInfo({ maxAttempts: 1 }))
  assert.equal(error.attempts, 1)
})

test('every kind has a class of its own', () => {
  const isClass = (value: unknown) => typeof value === 'function' && value.prototype instanceof FileFerryError
  const names = Object.entries(fileferry).filter(([, value]) => isClass(value))
  assert(names.length >= 30)
  for (const [name, value] of names) assert.equal((value as unknown as typeof FileFerryError).prototype.name, name)
})

test('a kind that this version does not know is still an error', () => {
  const record = new InvalidArgumentError({
    kind: 'of_tomorrow',
    service: null,
    operation: null,
    service_code: null,
    name: null,
    http_status: null,
    message: 'outer',
    retryable: false,
    retry_after_ms: null,
    attempts: 0,
    details: { captcha: null, sub_errors: [], items: [], json_path: null },
    causes: ['middle', 'inner'],
  })
  assert.equal(record.code, 'of_tomorrow')
  assert.equal(record.message, 'outer: middle: inner')
  const middle = record.cause
  assert(middle instanceof Error && middle.message === 'middle')
  assert(middle.cause instanceof Error && middle.cause.message === 'inner')
})
