import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect, isDeepStrictEqual } from 'node:util'
import { Entry, extraOf, InvalidArgumentError, keep2share } from 'fileferry'
import { makeWorld } from './emulator.js'

const data = {
  id: '5f0c2b7e41a3d',
  name: 'movie.mp4',
  is_folder: false,
  date_created: '2020-01-31T12:30:00',
  size: 123,
  extended_info: { abuses: [{ type: 'hash', projects: ['k2s'] }], access: 'of_tomorrow' },
}

test('plain data goes to an object and back', () => {
  const file = keep2share.File.fromJSON(data)
  assert(file instanceof keep2share.File)
  assert.equal(file.dateCreated, '2020-01-31T12:30:00')
  assert.equal(file.isAvailable, null)
  assert(file.extendedInfo instanceof keep2share.ExtendedInfo)
  assert.equal(file.extendedInfo.access, 'of_tomorrow')
  assert.deepEqual(file.toJSON(), data)
  assert.deepEqual(JSON.parse(JSON.stringify(file)), data)
  assert.deepEqual(keep2share.File.fromJSON(JSON.stringify(file)), file)
})

test('an answer goes to JSON and back', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  await world.odd('extra_keys')
  await k2s.upload(new Uint8Array(3), { name: 'three.bin' })
  const list = await k2s.files.getFilesList({ extendedInfo: true })
  assert.deepEqual(keep2share.GetFilesListResult.fromJSON(JSON.stringify(list)), list)
  const info = await k2s.account.accountInfo()
  const copy = keep2share.AccountInfoResult.fromJSON(JSON.parse(JSON.stringify(info)))
  assert.deepEqual(copy, info)
  assert(copy.accountExpires instanceof Date)
})

test('an entry goes to JSON and back', async (t) => {
  const world = await makeWorld(t)
  const entry = await world.client().upload(new Uint8Array(3), { name: 'three.bin' })
  assert.deepEqual(Entry.fromJSON(JSON.stringify(entry)), entry)
})

test('data that does not fit is refused with its place', () => {
  for (const wrong of [{}, { id: 'x', size: 'large' }, { id: 'x', extended_info: { abuses: 5 } }, [], 5, null, '{']) {
    assert.throws(() => keep2share.File.fromJSON(wrong), InvalidArgumentError, inspect(wrong))
  }
  const place = (error: unknown) => error instanceof InvalidArgumentError && error.details.jsonPath === '$.size'
  assert.throws(() => keep2share.File.fromJSON({ id: 'x', size: 'large' }), place)
})

test('objects compare by what they hold', () => {
  const [one, other] = [keep2share.File.fromJSON(data), keep2share.File.fromJSON(data)]
  assert.deepEqual(one, other)
  assert(!isDeepStrictEqual(one, keep2share.File.fromJSON({ ...data, size: 124 })))
  assert(!isDeepStrictEqual(one, keep2share.File.fromJSON({ ...data, extra: { new: 1 } })))
})

test('unknown members are symbol-keyed, and no property', () => {
  const file = keep2share.File.fromJSON({ ...data, extra: { new_one: { deep: [1] }, __proto__key: 1 } })
  assert.deepEqual(extraOf(file), { new_one: { deep: [1] }, __proto__key: 1 })
  assert.deepEqual(extraOf(keep2share.File.fromJSON(data)), {})
  assert(!Object.keys(file).includes('extra'))
})

test('objects print well, and hide what is secret', () => {
  const file = inspect(keep2share.File.fromJSON(data))
  assert.match(file, /^File \{/)
  assert.match(file, /name: 'movie\.mp4'/)
  const link = keep2share.GetUrlResult.fromJSON({ url: 'https://example.com/planted', extra: { token: 'planted' } })
  const printed = inspect(link)
  assert(!printed.includes('planted'), printed)
  assert.match(printed, /url: \*\*\*/)
  assert.match(printed, /token/)
  assert.equal(inspect({ deep: { deeper: { deepest: link } } }).includes('planted'), false)
})
