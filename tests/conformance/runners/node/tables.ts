import type { CallOptions } from 'fileferry'

/** The type of a value, as the package shows it. */
export type ValueType =
  | 'text'
  | 'int'
  | 'big'
  | 'number'
  | 'decimal'
  | 'bool'
  | 'enum'
  | 'instant'
  | 'local_time'
  | 'json'
  | 'source'
  | 'stream'
  | { readonly list: ValueType }
  | { readonly map: ValueType }
  | { readonly tuple: readonly ValueType[] }
  | { readonly model: string }
  | { readonly union: string }

/** A field or parameter: its name for the service, its property, its type. */
export type Member = readonly [name: string, property: string, type: ValueType]

/** Models by name. */
export interface Models {
  readonly [name: string]: readonly Member[]
}

/** How a service is called, and what its values are made of. */
export interface ServiceTable<C> {
  open(options: object): C
  readonly credentials: readonly Member[]
  readonly upload: readonly Member[]
  readonly download: readonly Member[]
  readonly operations: { readonly [id: string]: OperationTable<C> }
  readonly models: Models
  readonly unions: { readonly [name: string]: { readonly [variant: string]: ValueType | null } }
}

/** How an operation is called. */
export interface OperationTable<C> {
  readonly params: readonly Member[]
  // biome-ignore lint/suspicious/noExplicitAny: cases also give arguments of wrong types, on purpose.
  call(client: C, params: any, options: CallOptions): Promise<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  iterate?(client: C, params: any, options: CallOptions): AsyncIterable<unknown>
  /** Type of what the iterator yields. */
  readonly item?: ValueType
  /** Type of what the call gives; null for nothing. */
  readonly result: ValueType | null
}
