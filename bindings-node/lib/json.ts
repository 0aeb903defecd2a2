// Arguments as JSON text, by the names of the service. Not `JSON.stringify`: it refuses a BigInt and writes `null` for
// numbers that are none.

/** Any JSON value. Whole numbers beyond 2^53 are rounded, as `JSON.parse` does. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** The names of an object's members on the other side, and how a member that holds objects is written itself. */
export interface Shape {
  readonly [property: string]: string | readonly [name: string, members: Members]
}

/** How the objects within a value are written: directly, within a list or map, or by place within a tuple. */
export type Members = (() => Shape) | { readonly each: Members } | { readonly places: readonly (Members | null)[] }

/** A value that has no place in a request; its message says where and why. */
export class Unwritable extends Error {}

/** An object with described members. */
export function writeObject(value: unknown, shape: Shape, path = ''): string {
  if (!isPlainObject(value)) throw new Unwritable(`${path || 'the arguments'}: an object is needed, not ${name(value)}`)
  const members: string[] = []
  for (const [property, member] of Object.entries(value)) {
    // What is left out and what is undefined are the same in JavaScript.
    if (member === undefined) continue
    const at = path === '' ? property : `${path}.${property}`
    const known = Object.hasOwn(shape, property) ? shape[property] : undefined
    if (known === undefined) throw new Unwritable(`${at}: there is nothing of this name`)
    const [key, inner] = typeof known === 'string' ? [known, null] : known
    members.push(`${JSON.stringify(key)}:${write(member, inner, at)}`)
  }
  return `{${members.join(',')}}`
}

/** Any value. */
export function write(value: unknown, members: Members | null, path: string): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'bigint':
      return value.toString()
    case 'number':
      if (!Number.isFinite(value)) throw new Unwritable(`${path}: ${value} is not a number that can be sent`)
      return JSON.stringify(value)
    case 'object':
      return value === null ? 'null' : writeContainer(value, members, path)
    default:
      throw new Unwritable(`${path}: ${name(value)} cannot be sent`)
  }
}

function writeContainer(value: object, members: Members | null, path: string): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Unwritable(`${path}: the Date is not valid`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => write(item, within(members, index), `${path}[${index}]`))
    return `[${items.join(',')}]`
  }
  if (typeof members === 'function') return writeObject(value, members(), path)
  if (!isPlainObject(value)) throw new Unwritable(`${path}: ${name(value)} cannot be sent`)
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  const inner = within(members, 0)
  return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${write(member, inner, `${path}.${key}`)}`).join(',')}}`
}

function within(members: Members | null, place: number): Members | null {
  if (members === null || typeof members === 'function') return null
  return 'each' in members ? members.each : (members.places[place] ?? null)
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  // Collections and buffers have no members of their own: they would be sent as if they were empty.
  return !(value instanceof Map || value instanceof Set || value instanceof Promise || ArrayBuffer.isView(value))
}

function name(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return `a ${typeof value}`
  return `a value of the class ${value.constructor?.name || 'Object'}`
}
