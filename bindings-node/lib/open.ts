import type { Client } from './client.js'
import { clients } from './generated/clients.js'
import { type ParsedLink, sharedTable } from './generated/shared.js'
import { native } from './load.js'
import type { ClientOptions } from './options.js'
import { attempt, here, invalidArgument } from './raise.js'

type Clients = typeof clients

/** Options of a client whose service is not known before the program runs: what all take, and credentials by name. */
export interface OpenOptions extends ClientOptions {
  readonly [option: string]: unknown
}

/**
 * Makes a client by the name of its service. A service or an option that there is not is an `invalid_argument` error.
 *
 * ```ts
 * using client = open('keep2share', { accessToken })
 * for await (const entry of client.list('/')) console.log(entry.name)
 * ```
 *
 * @param service - Its name, such as `keep2share`.
 * @param options - What the service's own client takes.
 */
export function open<Service extends keyof Clients>(
  service: Service,
  options?: ConstructorParameters<Clients[Service]>[0],
): InstanceType<Clients[Service]>
export function open(service: string, options?: OpenOptions): Client
export function open(service: string, options?: unknown): Client {
  if (!Object.hasOwn(clients, service)) throw invalidArgument(`there is no service ${service}`, here(open))
  return new clients[service as keyof Clients](options as OpenOptions | undefined)
}

/**
 * What the address of a page says, of whatever service; null where it is no page that this library knows. Nothing is
 * sent.
 */
export function parseLink(url: string | URL): ParsedLink | null {
  const site = here(parseLink)
  const text = url instanceof URL ? url.href : url
  if (typeof text !== 'string') throw invalidArgument('an address is a text or a URL', site)
  return attempt(site, () => native.parseLink(text, sharedTable.factories)) as ParsedLink | null
}
