import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { CaptchaInvalidError, CaptchaRequiredError, type CaptchaStep } from 'fileferry'
import { makeWorld } from './emulator.js'

test('signing in without a captcha is done at once', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client()
  const flow = await k2s.signIn()
  assert.equal(flow.step.type, 'done')
  await k2s.account.accountInfo()
  assert.equal((await world.requests('login')).length, 1)
})

test('a captcha is taken step by step', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client({}, 'captcha')
  await assert.rejects(k2s.account.accountInfo(), (error) => {
    assert(error instanceof CaptchaRequiredError)
    assert.equal(error.details.captcha?.kind, 'image')
    return true
  })
  const flow = await k2s.signIn()
  const { step } = flow
  assert(step.type === 'captcha')
  assert.equal(step.kind, 'image')
  const picture = await step.image()
  assert.equal(picture.mediaType, 'image/png')
  assert(picture.bytes.length > 100)
  await assert.rejects(step.answer('wrong answer'), (error) => error instanceof CaptchaInvalidError)
  const again = flow.step
  assert(again.type === 'captcha')
  assert.notEqual(again.challenge, step.challenge)
  const done = await again.answer(await world.solution(again.challenge))
  assert.equal(done.type, 'done')
  assert.equal(flow.step.type, 'done')
  await k2s.account.accountInfo()
})

test('a page to solve is a step as well', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client({}, 'recaptcha')
  const { step } = await k2s.signIn()
  assert(step.type === 'captcha')
  assert.equal(step.kind, 'page')
  assert.match(step.url ?? '', /reCaptcha/i)
  assert.equal((await step.answer(await world.solution(step.challenge))).type, 'done')
})

test('a handler answers captchas in the middle of a call', async (t) => {
  const world = await makeWorld(t)
  const steps: CaptchaStep[] = []
  const onCaptcha = async (step: CaptchaStep) => {
    steps.push(step)
    assert((await step.image()).bytes.length > 100)
    return steps.length === 1 ? 'wrong answer' : world.solution(step.challenge)
  }
  const k2s = world.client({ onCaptcha }, 'captcha')
  // All wait for the same sign-in.
  const infos = await Promise.all([1, 2, 3].map(() => k2s.account.accountInfo()))
  assert.equal(infos.length, 3)
  assert.equal(steps.length, 2)
})

test('what a handler throws is what the call is rejected with', async (t) => {
  const world = await makeWorld(t)
  const oops = new Error('nobody is here')
  const onCaptcha = () => {
    throw oops
  }
  const k2s = world.client({ onCaptcha }, 'captcha')
  await assert.rejects(k2s.account.accountInfo(), (error) => error === oops)
})

test('a handler that is always wrong is not asked for ever', async (t) => {
  const world = await makeWorld(t)
  let asked = 0
  const onCaptcha = () => {
    asked += 1
    return 'always wrong'
  }
  const k2s = world.client({ onCaptcha }, 'captcha')
  await assert.rejects(k2s.account.accountInfo(), { code: 'captcha_invalid' })
  assert.equal(asked, 3)
})

test('a flow runs through by itself where there is a handler for its steps', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client({ onCaptcha: (step) => world.solution(step.challenge) }, 'captcha')
  assert.equal((await k2s.signIn()).step.type, 'done')
  assert.notEqual(k2s.exportSession(), null)
  const other = world.client({ onConfirm: () => assert.fail('nobody confirms') }, 'captcha')
  assert.equal((await other.signIn()).step.type, 'captcha')
  await assert.rejects(other.account.accountInfo(), { code: 'captcha_required' })
})

test('a call that learns late that it needs a captcha uses what was solved meanwhile', async (t) => {
  const world = await makeWorld(t)
  let asked = 0
  let other: Promise<unknown> | undefined
  const onCaptcha = async (step: CaptchaStep) => {
    asked += 1
    // Its login is held until this sign-in is over.
    await world.fault('hold', 'login')
    other ??= k2s.files.getFilesList()
    await world.seen('held', 'login')
    return world.solution(step.challenge)
  }
  const k2s = world.client({ onCaptcha }, 'captcha')
  await k2s.account.accountInfo()
  await world.release()
  await other
  assert.equal(asked, 1)
})

test('a handler that makes a call which needs the sign-in gets its error', { timeout: 20_000 }, async (t) => {
  const world = await makeWorld(t)
  let refused = 0
  const onCaptcha = async (step: CaptchaStep) => {
    await assert.rejects(k2s.account.accountInfo(), { code: 'captcha_required' })
    refused += 1
    return world.solution(step.challenge)
  }
  const k2s = world.client({ onCaptcha }, 'captcha')
  await k2s.account.accountInfo()
  await world.control('POST', '/expire', { what: 'tokens' })
  assert.equal((await k2s.signIn()).step.type, 'done')
  assert.equal(refused, 2)
})

test('a signal ends the wait for a handler', async (t) => {
  const world = await makeWorld(t)
  let asked = () => {}
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  let answer = (_text: string) => {}
  const onCaptcha = (step: CaptchaStep) => {
    asked()
    return new Promise<string>((resolve) => {
      answer = () => world.solution(step.challenge).then(resolve)
    })
  }
  const k2s = world.client({ onCaptcha }, 'captcha')
  const abort = new AbortController()
  const stopped = k2s.account.accountInfo({ signal: abort.signal })
  const other = k2s.account.accountInfo()
  await wasAsked
  abort.abort()
  await assert.rejects(stopped, { name: 'AbortError' })
  answer('')
  await other
})

test('a session goes to the next client', async (t) => {
  const world = await makeWorld(t)
  const told: string[] = []
  const first = world.client({ onSession: (session) => told.push(session) })
  assert.equal(first.exportSession(), null)
  await first.account.accountInfo()
  const session = first.exportSession()
  assert(session !== null)
  assert.deepEqual(told, [session])
  const second = world.client({ session })
  await second.account.accountInfo()
  assert.equal((await world.requests('login')).length, 1)
})

test('a session that ended is renewed once, and told', async (t) => {
  const world = await makeWorld(t)
  const told: string[] = []
  const k2s = world.client({ onSession: (session) => told.push(session) })
  await k2s.account.accountInfo()
  await world.control('POST', '/expire', { what: 'tokens' })
  await Promise.all(Array.from({ length: 5 }, () => k2s.account.accountInfo()))
  assert.equal((await world.requests('login')).length, 2)
  assert.equal(told.length, 2)
  assert.notEqual(told[0], told[1])
})

test('wrong credentials are told as such', async (t) => {
  const world = await makeWorld(t)
  const k2s = world.client({ username: world.account('free').username, password: 'wrong' })
  await assert.rejects(k2s.account.accountInfo(), { name: 'InvalidCredentialsError', serviceCode: '70' })
})

test('a stream survives the captcha that comes first', async (t) => {
  const world = await makeWorld(t)
  const onCaptcha = (step: CaptchaStep) => world.solution(step.challenge)
  const k2s = world.client({ onCaptcha }, 'captcha')
  const pieces = Array.from({ length: 10 }, () => Buffer.alloc(50_000))
  const entry = await k2s.upload(Readable.from(pieces), { name: 's.bin', length: 500_000 })
  assert.equal(entry.size, 500_000)
})
