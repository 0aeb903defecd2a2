import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { CaptchaInvalidError, type CaptchaStep } from 'fileferry'
import { makeFolder, makeWorld, type World } from './emulator.js'

/** A file of somebody else. */
async function putFile(world: World): Promise<string> {
  const { username } = world.account('premium')
  const made = await world.control('POST', '/files', { service: 'keep2share', username, name: 'movie.bin', size: 3000 })
  return made.ids[0]
}

test('a free download goes step by step', async (t) => {
  const world = await makeWorld(t)
  const folder = await makeFolder(t)
  const file = await putFile(world)
  const k2s = world.client({}, 'free')
  await assert.rejects(k2s.download(file, folder), { code: 'captcha_required' })

  const flow = await k2s.freeDownload(`https://k2s.cc/file/${file}/movie.bin`)
  const first = flow.step
  assert(first.type === 'captcha')
  await assert.rejects(first.answer('wrong'), (error) => error instanceof CaptchaInvalidError)
  const captcha: unknown = flow.step
  const { challenge, answer } = captcha as CaptchaStep
  // The first one takes no answer now, not even a right one: it would count for the other.
  const over = first.answer(await world.solution(challenge))
  await assert.rejects(over, { code: 'invalid_argument', reason: 'step_is_over' })
  assert.equal((flow.step as unknown as CaptchaStep).challenge, challenge)
  const wait = await answer(await world.solution(challenge))
  assert(wait.type === 'wait')
  assert.equal(wait.waitMs, 32_000)
  // Too early it is another wait, and nothing is lost.
  const early = await wait.proceed()
  assert(early.type === 'wait')
  // The service wants a second more than it tells.
  await world.control('POST', '/clock', { advance_s: 31 })
  assert.equal((await early.proceed()).type, 'done')
  const entry = await k2s.download(file, folder)
  assert.equal(entry.size, 3000)
  assert.equal((await readFile(join(folder, 'movie.bin'))).length, 3000)
})

test('a handler leads through a free download', async (t) => {
  const world = await makeWorld(t)
  const folder = await makeFolder(t)
  const file = await putFile(world)
  await world.odd('time_wait_zero')
  const asked: (string | null)[] = []
  const onCaptcha = (step: CaptchaStep) => {
    asked.push(step.challenge)
    return world.solution(step.challenge)
  }
  const k2s = world.client({ onCaptcha, freeWaitMarginMs: 0 }, 'free')
  assert.equal((await k2s.download(file, folder)).id, file)
  assert.equal((await (await k2s.downloadStream(file)).bytes()).length, 3000)
  assert.equal(asked.length, 1, 'the ticket is good for another link')
})

for (const [retryAfterCapMs, deadlineMs] of [
  [1_000, 600_000],
  [600_000, 20_000],
]) {
  test(`a wait beyond ${retryAfterCapMs} or ${deadlineMs} ms is an error at once`, { timeout: 15_000 }, async (t) => {
    const world = await makeWorld(t)
    const folder = await makeFolder(t)
    const file = await putFile(world)
    const onCaptcha = (step: CaptchaStep) => world.solution(step.challenge)
    const k2s = world.client({ onCaptcha, retryAfterCapMs }, 'free')
    await assert.rejects(k2s.download(file, folder, {}, { deadlineMs }), {
      code: 'wait_required',
      retryAfterMs: 32_000,
    })
  })
}

test('a handler that is always wrong is asked three times for a free download', async (t) => {
  const world = await makeWorld(t)
  const file = await putFile(world)
  let asked = 0
  const onCaptcha = () => {
    asked += 1
    return 'always wrong'
  }
  const k2s = world.client({ onCaptcha }, 'free')
  await assert.rejects(k2s.downloadStream(file), { code: 'captcha_invalid' })
  assert.equal(asked, 3)
})

test('a handler that makes a free download itself gets its error', { timeout: 20_000 }, async (t) => {
  const world = await makeWorld(t)
  const file = await putFile(world)
  await world.odd('time_wait_zero')
  let refused = 0
  const onCaptcha = async (step: CaptchaStep) => {
    await assert.rejects(k2s.downloadStream(file), { code: 'captcha_required' })
    assert.equal((await k2s.freeDownload(file)).step.type, 'captcha')
    refused += 1
    return world.solution(step.challenge)
  }
  const k2s = world.client({ onCaptcha, freeWaitMarginMs: 0 }, 'free')
  assert.equal((await (await k2s.downloadStream(file)).bytes()).length, 3000)
  assert.equal(refused, 1)
})

test('a signal ends the wait of a free download', async (t) => {
  const world = await makeWorld(t)
  const folder = await makeFolder(t)
  const file = await putFile(world)
  const abort = new AbortController()
  const onCaptcha = (step: CaptchaStep) => {
    // The third one brings the ticket, and half a minute of wait.
    const query = 'wait_for=answered&operation=getUrl&count=3&timeout_ms=10000'
    world.control('GET', `/requests?${query}`).then(() => abort.abort())
    return world.solution(step.challenge)
  }
  const k2s = world.client({ onCaptcha }, 'free')
  await assert.rejects(k2s.download(file, folder, { signal: abort.signal }), { name: 'AbortError' })
})
