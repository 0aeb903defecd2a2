// What a caller sees: values with the types that the language gives them.

import { createHash } from 'node:crypto'
import { ByteStream, extraOf, Model, Variant } from 'fileferry'
import type { Models, ServiceTable, ValueType } from './tables.js'

/** A leaf, an object or a list of the observation. */
export type Seen = { readonly [name: string]: unknown } | readonly Seen[]

/** Looks at values by the tables of a service. */
export class Observer {
  readonly #models: Models
  readonly #unions: ServiceTable<never>['unions']

  constructor(models: Models, unions: ServiceTable<never>['unions']) {
    this.#models = models
    this.#unions = unions
  }

  async see(value: unknown, type: ValueType): Promise<Seen> {
    if (value === null || value === undefined) return { type: 'null', value: null }
    if (typeof type === 'string') return type === 'stream' ? stream(value) : leaf(value, type)
    if ('list' in type) return Promise.all(as(value, Array.isArray).map((item) => this.see(item, type.list)))
    if ('tuple' in type) {
      return Promise.all(as(value, Array.isArray).map((item, at) => this.see(item, type.tuple[at] ?? 'json')))
    }
    if ('map' in type) {
      const entries = Object.entries(value).map(async ([key, item]) => [key, await this.see(item, type.map)] as const)
      return Object.fromEntries(await Promise.all(entries))
    }
    if ('union' in type) return this.#variant(value, type.union)
    return this.#model(value, type.model)
  }

  async #model(value: unknown, name: string): Promise<Seen> {
    if (!(value instanceof Model)) throw new TypeError(`a ${name} is a model, not ${typeof value}`)
    const members = this.#models[name]
    if (members === undefined) throw new TypeError(`no model is called ${name}`)
    const seen: [string, Seen][] = []
    for (const [field, property, type] of members) {
      if (!(property in value)) throw new TypeError(`${name} has no property ${property}`)
      seen.push([field, await this.see((value as unknown as Record<string, unknown>)[property], type)])
    }
    const extra = extraOf(value)
    if (Object.keys(extra).length > 0) seen.push(['$extra', { type: 'json', value: extra }])
    // Not written member by member, for a field may be called `__proto__`.
    return Object.fromEntries(seen)
  }

  async #variant(value: unknown, union: string): Promise<Seen> {
    if (!(value instanceof Variant)) throw new TypeError(`a ${union} is one of several answers`)
    const kind = String(value.kind)
    const type = this.#unions[union]?.[kind]
    if (type === undefined) throw new TypeError(`${union} has no answer called ${kind}`)
    const name = { type: 'text', value: kind }
    if (type === null) return { $variant: name }
    const content = await this.see(value.value, type)
    return { $variant: name, ...content }
  }
}

function leaf(value: unknown, type: string): Seen {
  const expect = (fits: boolean): void => {
    if (!fits) throw new TypeError(`a value of the type ${type} came as ${typeof value}`)
  }
  switch (type) {
    case 'int':
      expect(Number.isSafeInteger(value))
      return { type, value }
    case 'big':
      expect(typeof value === 'bigint')
      return { type, value: String(value) }
    case 'number':
      expect(typeof value === 'number')
      return { type, value }
    case 'bool':
      expect(typeof value === 'boolean')
      return { type, value }
    case 'instant':
      expect(value instanceof Date)
      return { type, value: (value as Date).toISOString() }
    case 'json':
      return { type, value }
    default:
      expect(typeof value === 'string')
      return { type, value }
  }
}

async function stream(value: unknown): Promise<Seen> {
  if (!(value instanceof ByteStream)) throw new TypeError('an answer of bytes is a stream')
  const { mediaType, length } = value
  const hash = createHash('sha256')
  let read = 0
  for await (const chunk of value) {
    hash.update(chunk)
    read += chunk.length
  }
  return {
    media_type: mediaType === null ? { type: 'null', value: null } : { type: 'text', value: mediaType },
    length: length === null ? { type: 'null', value: null } : { type: 'int', value: length },
    body: bytes(read, hash.digest('hex')),
  }
}

/** A leaf for bytes. */
export function bytes(length: number, sha256: string): Seen {
  return { type: 'bytes', value: { length, sha256 } }
}

function as<T>(value: unknown, is: (value: unknown) => value is T): T {
  if (!is(value)) throw new TypeError(`a value of another type was expected, not ${typeof value}`)
  return value
}
