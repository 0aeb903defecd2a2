/** Records in the listing. */
export const records = 10_000

/** How often things are done: long enough for figures, or once each. */
export class Rounds {
  readonly calls: number
  readonly #warmUpMs: number
  readonly #rounds: number

  constructor(quick: boolean) {
    this.calls = quick ? 1 : 1000
    this.#warmUpMs = quick ? 0 : 2000
    this.#rounds = quick ? 1 : 15
  }

  /** Runs until it is warm, then prints microseconds an item, one number a round. */
  async time(name: string, items: number, body: () => unknown): Promise<void> {
    const begun = performance.now()
    while (performance.now() - begun < this.#warmUpMs) await body()
    const took: string[] = []
    for (let round = 0; round < this.#rounds; round++) {
      const started = performance.now()
      await body()
      took.push((((performance.now() - started) * 1000) / items).toFixed(3))
    }
    console.log(`${name}: ${took.join(' ')}`)
  }
}
