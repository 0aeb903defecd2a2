// Takes the last build away, so that no file of it is packed that today's sources do not make.
import { rmSync } from 'node:fs'

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true })
