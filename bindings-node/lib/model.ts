import { type InspectOptionsStylized, inspect } from 'node:util'
import type { JsonValue } from './json.js'
import { native } from './load.js'
import type { Factories, Factory } from './native.js'
import { attempt, here, invalidArgument, type Site } from './raise.js'

/** Members of an answer that no description knows, as JSON text; read with {@link extraOf}. */
const extra: unique symbol = Symbol.for('fileferry.extra')

/** Time of a clock on a wall, without a zone: `2020-01-31T12:30:00`. */
export type LocalTime = `${string}-${string}-${string}T${string}`

/** What is known of a field beside its value. */
type Field = readonly [property: string, name: string] | readonly [property: string, name: string, secret: true]

const fieldsOf = new WeakMap<object, readonly Field[]>()

/** What a service answered: plain properties, which can be compared, printed and turned into JSON and back. */
export abstract class Model {
  /** @internal */
  readonly [extra]: string | undefined

  /** @internal */
  protected constructor(unknownMembers: string | undefined) {
    this[extra] = unknownMembers
  }

  /** Plain data, the same in every language: the service's own names, times as ISO texts, what is null left out. */
  toJSON(): { [name: string]: JsonValue } {
    const known = fieldNames(this).map(([property, name]) => [name, plain(propertyOf(this, property))] as const)
    const data: { [name: string]: JsonValue } = Object.fromEntries(known.filter(([, value]) => value !== null))
    const unknownMembers = extraOf(this)
    const key = known.some(([name]) => name === 'extra') ? '_extra' : 'extra'
    if (Object.keys(unknownMembers).length > 0) data[key] = unknownMembers
    return data
  }

  /** Prints everything but secrets. */
  [inspect.custom](depth: number, options: InspectOptionsStylized, print: typeof inspect): string {
    const name = this.constructor.name
    if (depth < 0) return options.stylize(`[${name}]`, 'special')
    const shown: Record<string, unknown> = {}
    for (const [property, , secret] of fieldNames(this)) {
      const value = propertyOf(this, property)
      shown[property] = secret === true && value !== null ? hidden : value
    }
    // Nobody knows whether unknown members hold a secret: their names are enough.
    const unknownMembers = Object.keys(extraOf(this))
    if (unknownMembers.length > 0) shown['[extra]'] = unknownMembers
    return `${name} ${print(shown, { ...options, depth: options.depth == null ? options.depth : depth - 1 })}`
  }
}

/** Stands for a secret in print. */
const hidden = { [inspect.custom]: () => '***' }

function fieldNames(model: Model): readonly Field[] {
  return fieldsOf.get(Object.getPrototypeOf(model)) ?? []
}

function propertyOf(model: Model, property: string): unknown {
  return (model as unknown as Record<string, unknown>)[property]
}

/** The members of an answer that no description knows: a newer server may send more than we describe. */
export function extraOf(model: Model): { readonly [name: string]: JsonValue } {
  const text = model[extra]
  return text === undefined ? {} : JSON.parse(text)
}

/** One of several answers: `kind` says which, and with it what `value` is. */
export class Variant<Kind extends string, Value> {
  readonly kind: Kind
  readonly value: Value

  /** @internal */
  constructor(kind: Kind, value: Value) {
    this.kind = kind
    this.value = value
  }

  /** Plain data, the same in every language: the kind as the only member. */
  toJSON(): { [kind: string]: JsonValue } {
    return { [this.kind]: plain(this.value) }
  }
}

function plain(value: unknown): JsonValue {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value as JsonValue
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Model || value instanceof Variant) return value.toJSON()
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]))
}

/** The models of one service. @internal */
export class Table {
  readonly factories: Factories
  readonly #models: Factory[] = []
  readonly #service: string

  constructor(service: string) {
    this.#service = service
    this.factories = {
      models: this.#models,
      variant: (kind, value) => new Variant(kind, value),
      // Not by assignment: that would take the key `__proto__` for a prototype.
      map: (keys, values) => Object.fromEntries(keys.map((key, index) => [key, values[index]])),
      json: JSON.parse,
    }
  }

  /** Makes a class known: where it stands in the table, how it is made, what its fields are called. */
  define(index: number, model: { readonly prototype: Model }, factory: Factory, fields: readonly Field[]): void {
    this.#models[index] = factory
    fieldsOf.set(model.prototype, fields)
  }

  /** A model from its plain data. */
  // biome-ignore lint/complexity/noBannedTypes: this is what `captureStackTrace` takes.
  fromJSON<T>(index: number, data: unknown, below: Function): T {
    return this.#read(index, false, data, here(below)) as T
  }

  /** One of several answers from its plain data. */
  // biome-ignore lint/complexity/noBannedTypes: this is what `captureStackTrace` takes.
  variantFromJSON<T>(index: number, data: unknown, below: Function): T {
    return this.#read(index, true, data, here(below)) as T
  }

  #read(index: number, isUnion: boolean, data: unknown, site: Site): unknown {
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    const value = attempt(site, () => native.fromPlain(this.#service, index, isUnion, text ?? 'null', this.factories))
    if (value === null) throw invalidArgument('an object is needed, not null', site)
    return value
  }
}
