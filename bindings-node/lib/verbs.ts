// What the verbs that all services share are made of; the client has them as its methods.

import type { Caller } from './caller.js'
import type { Account } from './generated/shared.js'
import { Entry, sharedTable } from './generated/shared.js'
import type { NativeCancel } from './native.js'
import { argumentsText, type CallOptions, optionsText } from './options.js'
import { attempt, here, type Site } from './raise.js'

/** A file or folder of a service: an entry, a path (it begins with `/`; `/` is the root) or a bare id. */
export type Target = string | Entry

/** Of an entry what tells which one it is: the engine sees by its service that it belongs elsewhere. @internal */
export function targetOf(target: Target | undefined): unknown {
  if (!(target instanceof Entry)) return target
  const { id, path, isFolder, service } = target
  return { id, path, is_folder: isFolder, service }
}

/** The names of the verbs' arguments for the native library. @internal */
export const verbShape = {
  target: 'target',
  folder: 'folder',
  name: 'name',
  url: 'url',
  isFolder: 'is_folder',
  existOk: 'exist_ok',
}

/** Does a verb. @internal */
export async function perform<T>(
  caller: Caller,
  name: string,
  params: object,
  options: CallOptions | undefined,
  site: Site,
): Promise<T> {
  const args = argumentsText(params, verbShape, site)
  const sent = optionsText(options, site, undefined)
  const start = (cancel: NativeCancel | null) => caller.native.verb(name, args, sent, null, cancel)
  return caller.read<T>(await caller.perform(start, options, site), site, undefined, sharedTable)
}

/** The entries of a folder, page by page. @internal */
export async function* entries(
  caller: Caller,
  folder: Target,
  options: CallOptions | undefined,
  site: Site,
): AsyncGenerator<Entry, void, undefined> {
  const args = argumentsText({ folder: targetOf(folder) }, verbShape, site)
  const sent = optionsText(options, site, undefined)
  const pages = attempt(site, () => caller.native.list(args, sent))
  for (;;) {
    const settled = await caller.perform((cancel) => pages.next(cancel), options, site)
    if (settled.isNone) return
    for (const entry of caller.read<Entry[]>(settled, site, undefined, sharedTable)) {
      yield entry
      options?.signal?.throwIfAborted()
    }
  }
}

/**
 * The account: called, it tells of it in the terms that all services share. Where a service has operations of its own on
 * the account, they are methods of the same object.
 *
 * Keep2Share tells the traffic that is left today and the end of the subscription; the name is the one that the client
 * signs in with.
 */
export interface AccountVerb {
  // biome-ignore lint/style/useShorthandFunctionType: a type cannot be merged with a class.
  (options?: CallOptions): Promise<Account>
}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: an instance is a function, which a class alone cannot say.
export class AccountVerb {
  /** @internal */
  constructor(caller: Caller) {
    const account = (options?: CallOptions): Promise<Account> =>
      perform<Account>(caller, 'account', {}, options, here(account))
    // biome-ignore lint/correctness/noConstructorReturn: what is constructed is the function.
    return Object.setPrototypeOf(account, new.target.prototype)
  }
}

// It is called like any function: with `call`, `apply` and `bind` too.
Object.setPrototypeOf(AccountVerb.prototype, Function.prototype)
