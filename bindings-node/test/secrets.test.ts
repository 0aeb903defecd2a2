import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { LogEntry } from 'fileferry'
import { makeFolder, makeWorld } from './emulator.js'

test('no secret is in logs, prints or errors', async (t) => {
  const world = await makeWorld(t)
  const { username, password } = world.account('captcha')
  const folder = await makeFolder(t)
  const log: LogEntry[] = []
  const secrets = [password]
  const shown: unknown[] = [log]
  const k2s = world.client({
    username,
    password,
    onLog: (entry) => log.push(entry),
    onSession: (session) => secrets.push(session, JSON.parse(session).tokens.auth_token),
    onCaptcha: async (step) => {
      const answer = await world.solution(step.challenge)
      secrets.push(answer)
      return answer
    },
    onConfirm: undefined,
    userAgent: 'tests/1',
  })
  const entry = await k2s.upload(new Uint8Array(1000), { name: 'secret.bin' })
  shown.push(entry)
  const form = await k2s.uploads.getUploadFormData()
  shown.push(form)
  secrets.push(form.formData.signature ?? '', form.formData.params ?? '')
  const url = await world.client().downloads.getUrl({ fileId: entry.id ?? '' })
  shown.push(url)
  assert(url.url !== null)
  secrets.push(url.url)
  await k2s.download(entry, `${folder}/copy`).catch((error) => shown.push(error))
  await world.fault('reset_before', '*', { times: 3 })
  await k2s.downloads.getUrl({ fileId: entry.id ?? '' }).catch((error) => shown.push(error))
  await world.fault('error', 'accountInfo', { code: 2, http_status: 400, message: 'planted' })
  await k2s.account.accountInfo().catch((error) => shown.push(error, error.stack, JSON.stringify(error)))
  const wrong = world.client({ username, password: 'planted-wrong-word' })
  secrets.push('planted-wrong-word')
  await wrong.account.accountInfo().catch((error) => shown.push(error, error.stack))
  shown.push(k2s, { k2s }, String(k2s), JSON.stringify(k2s), k2s.files)

  assert(secrets.length >= 7)
  assert(log.length >= 5)
  const text = shown.map((value) => inspect(value, { depth: 10, showHidden: true })).join('\n')
  for (const secret of secrets.filter((secret) => secret !== '')) {
    assert(!text.includes(secret), `${secret} is shown in ${text.slice(Math.max(0, text.indexOf(secret) - 300))}`)
  }
})

test('every request is logged', async (t) => {
  const world = await makeWorld(t)
  const log: LogEntry[] = []
  const k2s = world.client({ onLog: (entry) => log.push(entry) })
  await k2s.account.accountInfo()
  await k2s.account.accountInfo()
  // Lines come when JavaScript has time for them.
  while (log.length < 3) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    log.map(({ operation }) => operation),
    ['auth.login', 'account.accountInfo', 'account.accountInfo'],
  )
  for (const entry of log) {
    assert.equal(entry.service, 'keep2share')
    assert(['debug', 'info', 'warning'].includes(entry.level))
  }
})
