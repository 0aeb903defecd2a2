// The service that is described for tests alone: it holds every difficulty that a description can have.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { inspect } from 'node:util'
import { extraOf, InvalidAnswerError, InvalidArgumentError } from '../lib/index.js'
import { Traps } from './generated/traps/client.js'
import { Item, OneOfAnswer, Self, Shapes, Tree } from './generated/traps/models.js'

interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server that gives the next answer of a list and remembers what came. */
const answers: Answer[] = []
const received: Received[] = []
let server: Server
let traps: Traps

before(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method, url, headers } = request
    received.push({ method, url, headers, body })
    const answer = answers.shift() ?? {}
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
    response.end(answer.body ?? '{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  traps = new Traps({ baseUrl: `http://127.0.0.1:${port}`, key: 'opens', rate: 0, backoffMs: 1 })
})

after(() => {
  traps.close()
  server.closeAllConnections()
  server.close()
})

/** Plays answers to a call; gives its result and the last request. */
async function play<T>(call: () => Promise<T>, ...played: Answer[]): Promise<{ value: T; request: Received }> {
  answers.splice(0, answers.length, ...played)
  const value = await call()
  const request = received.at(-1)
  assert(request !== undefined)
  return { value, request }
}

const shapes = {
  must: 'm1',
  yes_no: '1',
  whole: '12',
  big: '9007199254740993',
  real: '1.5',
  money: 1.1,
  colour: 'of tomorrow',
  level: 9,
  seconds: 1_600_000_000,
  millis: 1_600_000_000_123,
  iso: '2020-09-13T14:26:40.5+02:00',
  local: '2020-01-31 12:30:00',
  anything: { deep: [1, { er: null }], __proto__x: 1 },
  list: ['1', 2],
  holes: ['a', null],
  one_or_more: { name: 'alone' },
  by_key: { first: { count: 1 }, second: { count: 2 } },
  map_or_list: [],
  pair: ['text', 5, { name: 'third' }],
  short: 'only a name',
  child: { must: 'm2', child: { must: 'm3' } },
  children: [{ must: 'm4' }],
  old_name: 'renamed',
  hidden: 'planted secret',
  nested: { key: [[{ name: 'deep' }]] },
  nobody_knows: [1],
}
// As text: an object would take the key for its prototype.
const shapesText = JSON.stringify(shapes).replace('{', '{"map":{"__proto__":7,"b":8},')

test('every shape has its type', async () => {
  const { value } = await play(() => traps.shapes.all(), { body: shapesText })
  assert(value instanceof Shapes)
  assert.equal(value.yesNo, true)
  assert.equal(value.whole, 12)
  assert.equal(value.big, 9007199254740993n)
  assert.equal(value.real, 1.5)
  assert.equal(value.money, '1.1')
  assert.equal(value.colour, 'of tomorrow')
  assert.equal(value.level, 'high')
  assert.equal(value.seconds?.getTime(), 1_600_000_000_000)
  assert.equal(value.millis?.getTime(), 1_600_000_000_123)
  assert.equal(value.iso?.toISOString(), '2020-09-13T12:26:40.500Z')
  assert.equal(value.local, '2020-01-31T12:30:00')
  assert.deepEqual(value.anything, { deep: [1, { er: null }], __proto__x: 1 })
  assert.deepEqual(value.list, [1, 2])
  assert.deepEqual(value.holes, ['a', null])
  assert.deepEqual(value.oneOrMore, [Item.fromJSON({ name: 'alone' })])
  assert.deepEqual(
    value.byKey?.map(({ name, count }) => [name, count]),
    [
      ['first', 1],
      ['second', 2],
    ],
  )
  assert.deepEqual(Object.entries(value.map ?? {}), [
    ['__proto__', 7],
    ['b', 8],
  ])
  assert.deepEqual(value.mapOrList, {})
  assert.deepEqual(value.pair, ['text', 5, Item.fromJSON({ name: 'third' })])
  assert.equal(value.short?.name, 'only a name')
  assert.equal(value.child?.child?.must, 'm3')
  assert.equal(value.children?.[0]?.must, 'm4')
  assert.equal(value.renamed, 'renamed')
  assert.equal(value.nested?.key?.[0]?.[0]?.name, 'deep')
  assert.deepEqual(extraOf(value), { nobody_knows: [1] })
})

test('every shape goes to JSON and back', async () => {
  const { value } = await play(() => traps.shapes.all(), { body: shapesText })
  const text = JSON.stringify(value)
  assert(text.includes('"9007199254740993"'), text)
  assert.deepEqual(Shapes.fromJSON(text), value)
  assert.equal(JSON.stringify(Shapes.fromJSON(text)), text)
})

test('a secret is not printed, however deep it lies', async () => {
  const { value } = await play(() => traps.shapes.all(), { body: JSON.stringify({ must: 'x', child: shapes }) })
  assert.equal(value.child?.hidden, 'planted secret')
  const printed = inspect({ value }, { depth: 9 })
  assert(!printed.includes('planted'), printed)
  assert.match(printed, /hidden: \*\*\*/)
})

test('one of several answers says which', async () => {
  const call = () => traps.answers.oneOf()
  const created = await play(call, { status: 201, body: '{"name":"new"}' })
  assert.equal(created.value.kind, 'Created')
  assert(created.value.kind === 'Created')
  assert.equal(created.value.value.name, 'new')
  const progress = await play(call, { body: '{"progress":0.5}' })
  assert(progress.value.kind === 'Progress')
  assert.equal(progress.value.value.progress, 0.5)
  const empty = await play(call, { body: '' })
  assert.equal(empty.value.kind, 'Empty')
  assert.equal(empty.value.value, null)
  for (const { value } of [created, progress]) {
    assert.deepEqual(OneOfAnswer.fromJSON(JSON.stringify(value)), value)
  }
  assert.deepEqual(created.value.toJSON(), { Created: { name: 'new' } })
})

test('what contains itself nests', async () => {
  const { value } = await play(() => traps.shapes.tree(), {
    body: '{"branches":[{"leaf":"a","tree":{"root":{"leaf":"b"}}}]}',
  })
  assert.equal(value.branches?.[0]?.tree?.root?.leaf, 'b')
  assert.deepEqual(Tree.fromJSON(value), value)
})

test('names that are words of a language are properties like others', async () => {
  const self = {
    class: 'c',
    in: 5,
    function: 'f',
    hashCode: 'h',
    toString: 't',
    constructor: 'k',
    None: 'n',
    self: 's',
    extra: 'e',
    '2nd': '2',
    'X-Odd-Name': 'x',
    HTTPServerURL: 'u',
    größe: 7,
    new_one: 1,
  }
  const body = JSON.stringify(self).replace('{', '{"__proto__":"p",')
  const { value, request } = await play(
    () => traps.class.import({ from: 'here', async: true, default: 'd', thing: { class: 'c', constructor_: 'k' } }),
    { body },
  )
  assert(value instanceof Self)
  assert.equal(value.class, 'c')
  assert.equal(value.in, 5)
  assert.equal(value.function, 'f')
  assert.equal(value.toString_, 't')
  assert.equal(value.constructor_, 'k')
  assert.equal(value.constructor, Self)
  assert.equal(value.proto, 'p')
  assert.equal(value.extra, 'e')
  assert.equal(value._2nd, '2')
  assert.equal(value.xOddName, 'x')
  assert.equal(value.httpServerUrl, 'u')
  assert.equal(value.größe, 7)
  assert.deepEqual(extraOf(value), { new_one: 1 })
  assert.equal(String(value), '[object Object]')
  assert.deepEqual(Self.fromJSON(JSON.stringify(value)), value)
  const sent = new URLSearchParams(request.body)
  const thing = request.body.startsWith('{') ? JSON.parse(request.body).thing : JSON.parse(sent.get('thing') ?? 'null')
  assert.deepEqual(thing, { class: 'c', constructor: 'k' })
})

test('arguments of every type are written for the service', async () => {
  const { request } = await play(() =>
    traps.places.typed({
      flag: true,
      whole: -5,
      big: 9007199254740993n,
      real: 0.5,
      money: '1.10',
      colour: 'red',
      level: 'high',
      seconds: new Date(1_600_000_000_000),
      iso: new Date(1_600_000_000_000),
      local: '2020-01-31T12:30:00',
      anything: { deep: [1, null] },
      item: { name: 'one', count: 1 },
      items: [{ name: 'two' }, { name: 'three', count: null }],
      map: { a: 1, b: 2 },
      pair: ['x', 2],
      text: 'abc',
    }),
  )
  const sent = new URLSearchParams(request.body)
  const shown = request.body.startsWith('{') ? JSON.parse(request.body) : Object.fromEntries(sent)
  assert.equal(String(shown.level), '9')
  assert.equal(String(shown.seconds), '1600000000')
  assert.match(String(shown.iso), /^2020-09-13T12:26:40(\.000)?Z$/)
  assert.match(request.body, /9007199254740993/)
  assert.match(request.body, /1\.10/)
})

test('numbers that are none are found before anything is sent', async () => {
  const before = received.length
  for (const params of [{ real: Number.NaN }, { whole: 6 }, { whole: 0.5 }, { text: 'abcde' }, { money: 'much' }]) {
    await assert.rejects(traps.places.typed(params), InvalidArgumentError, inspect(params))
  }
  for (const items of [[{ name: 'a', nonsense: 1 }], [5]]) {
    const call = traps.places.typed({ items: items as never })
    await assert.rejects(call, { code: 'invalid_argument', message: /items\[0\]/ })
  }
  assert.equal(received.length, before)
})

test('a link is made without asking anybody', async () => {
  const before = received.length
  assert.match(await traps.answers.link({ name: 'x y', lang: 'de' }), /\/link\/x%20y\?lang=de$/)
  assert.equal(received.length, before)
})

test('headers are part of a result', async () => {
  const { value } = await play(() => traps.answers.headers(), {
    headers: { etag: '"e1"', 'x-left': '5' },
    body: '{"body":"b"}',
  })
  assert.deepEqual({ ...value }, { ...value, etag: '"e1"', left: 5, body: 'b' })
})

test('pages are walked by number and by flag', async () => {
  const names: string[] = []
  answers.splice(0, answers.length, { body: '{"items":[{"name":"a"},{"name":"b"}],"total":3}' })
  answers.push({ body: '{"items":[{"name":"c"}],"total":3}' })
  for await (const { name } of traps.pages.iter({ topic: 'x' })) names.push(name)
  answers.push({ body: '{"items":{"d":{"count":1}},"more":true}' }, { body: '{"items":[],"more":false}' })
  for await (const { name } of traps.pages.iterFlagged()) names.push(name)
  assert.deepEqual(names, ['a', 'b', 'c', 'd'])
})

test('an answer without its required member names the place', async () => {
  const call = play(() => traps.shapes.all(), { body: '{"must":"x","children":[{"must":"y"},{}]}' })
  await assert.rejects(call, (error) => {
    assert(error instanceof InvalidAnswerError)
    assert.equal(error.details.jsonPath, '$.children[1].must')
    return true
  })
})

test('a group without operations is there all the same', () => {
  assert.equal(inspect(traps.empty), 'EmptyOperations {}')
})
