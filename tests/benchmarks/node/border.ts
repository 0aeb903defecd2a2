// What warm calls cost: `border.js [quick]`.

import assert from 'node:assert/strict'
import { InvalidArgumentError, Keep2Share } from 'fileferry'
import { Traps } from 'fileferry-test-services/traps'
import { otherWay } from './other.js'
import { Rounds, records } from './rounds.js'

const baseUrl = process.env.FILEFERRY_BASE_URL ?? ''
const total = Number(process.env.FILEFERRY_TOTAL)
const rounds = new Rounds(process.argv.includes('quick'))

const k2s = new Keep2Share({ accessToken: 'key', baseUrl, rate: 0 })
const traps = new Traps()

await rounds.time('nothing', rounds.calls, async () => {
  for (let call = 0; call < rounds.calls; call++) await traps.answers.link({ name: 'x' })
})

await rounds.time('error', rounds.calls, async () => {
  for (let call = 0; call < rounds.calls; call++) {
    try {
      await k2s.files.getFilesList({ limit: 0 })
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
    }
  }
})

await rounds.time('listing', records, async () => {
  const { files } = await k2s.files.getFilesList({ limit: records, extendedInfo: true })
  assert.equal(
    files.reduce((sum, file) => sum + (file.size ?? 0), 0),
    total,
  )
})

k2s.close()
traps.close()
await otherWay(rounds, baseUrl, total)
