// From the values of a case to what a program in JavaScript would write.

import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Member, Models, ValueType } from './tables.js'

/** The case's arguments by the package's own names and types. Names that nobody knows pass as they are. */
export function argumentsOf(given: Record<string, unknown>, members: readonly Member[], models: Models): object {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const [, property, type] = members.find(([known]) => known === name) ?? [name, name, 'json' as const]
      return [property, argument(value, type, models)]
    }),
  )
}

function argument(value: unknown, type: ValueType, models: Models): unknown {
  if (typeof type === 'string') {
    if (type === 'instant' && typeof value === 'string' && !Number.isNaN(Date.parse(value))) return new Date(value)
    if (type === 'big' && typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value)
    return value
  }
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) {
    const inner = (at: number) => ('list' in type ? type.list : 'tuple' in type ? (type.tuple[at] ?? 'json') : 'json')
    return value.map((item, at) => argument(item, inner(at), models))
  }
  const object = value as Record<string, unknown>
  if ('model' in type) return argumentsOf(object, models[type.model] ?? [], models)
  if (!('map' in type)) return value
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, argument(item, type.map, models)]))
}

/** Options of a client or call: names in JavaScript's case, seconds as milliseconds. */
export function optionsOf(
  given: Record<string, unknown>,
  credentials: readonly Member[] = [],
): Record<string, unknown> {
  const seconds = /(^|_)(timeout|deadline|backoff|backoff_max|retry_after_cap|free_wait_margin|poll_interval)$/
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const credential = credentials.find(([known]) => known === name)
      if (credential !== undefined) return [credential[1], value]
      return seconds.test(name) && typeof value === 'number' ? [`${camel(name)}Ms`, value * 1000] : [camel(name), value]
    }),
  )
}

function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** A source as the case wants it handed over; and its length, where the package cannot know it. */
export async function sourceOf(given: unknown): Promise<{ source: unknown; length?: number; name?: string }> {
  if (typeof given !== 'object' || given === null || !('$path' in given)) return { source: given }
  const { $path: path, as } = given as { $path: string; as?: string }
  if (as === 'bytes') return { source: await readFile(path) }
  if (as === 'stream') return { source: createReadStream(path), length: (await readFile(path)).length }
  return { source: path }
}

/** A path that a case gives. */
export function pathOf(given: unknown): unknown {
  return typeof given === 'object' && given !== null && '$path' in given ? given.$path : given
}
