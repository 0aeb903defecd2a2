// Whose handlers are being asked right now: a call that one of them makes must not wait for it.

import { AsyncLocalStorage } from 'node:async_hooks'

interface Asking {
  readonly client: object
  isOver: boolean
}

const storage = new AsyncLocalStorage<readonly Asking[]>()

/** Runs the time in which a client's handlers are asked. */
export async function asking<T>(client: object, run: () => Promise<T>): Promise<T> {
  const own = { client, isOver: false }
  try {
    return await storage.run([...(storage.getStore() ?? []), own], run)
  } finally {
    // What a handler left running still knows of it.
    own.isOver = true
  }
}

/** Whether one of the client's handlers is what runs here. */
export function isAsking(client: object): boolean {
  return (storage.getStore() ?? []).some((each) => each.client === client && !each.isOver)
}
