// Downloads a file without an account: asks for what its captcha shows, waits as long as the service wants, and saves it.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type CaptchaStep, FileFerryError, Keep2Share, type Progress } from 'fileferry'

const [link, folder] = process.argv.slice(2)
if (link === undefined || folder === undefined) {
  console.error('usage: node captcha.js LINK FOLDER')
  process.exit(2)
}

const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort())

// One reader for all answers: another one for the next question would miss what this one has read ahead.
const terminal = createInterface({ input: process.stdin })
const lines = terminal[Symbol.asyncIterator]()

const k2s = new Keep2Share({ baseUrl: process.env.FILEFERRY_BASE_URL, onCaptcha: solve })
try {
  await mkdir(folder, { recursive: true })
  const { path } = await k2s.download(link, folder, { onProgress: show, signal: interrupted.signal })
  console.log(`saved ${path}`)
} catch (error) {
  const { message } = error as Error
  if (!interrupted.signal.aborted)
    console.error(error instanceof FileFerryError ? `${error.code}: ${message}` : message)
  process.exitCode = interrupted.signal.aborted ? 130 : 1
} finally {
  k2s.close()
  terminal.close()
}

/** Shows a captcha to the person at the terminal. */
async function solve(captcha: CaptchaStep): Promise<string> {
  if (captcha.kind !== 'image') return ask(`Open ${captcha.url} and paste what it gives:`)
  const folder = await mkdtemp(join(tmpdir(), 'captcha-'))
  try {
    const path = join(folder, 'captcha.png')
    await writeFile(path, (await captcha.image()).bytes)
    return await ask(`What does the picture in ${path} show?`)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function ask(question: string): Promise<string> {
  console.log(question)
  const { done, value } = await lines.next()
  if (done) throw new Error('given up: nobody answered the captcha')
  process.stderr.write('waiting for the service\r')
  return value
}

/** Draws the progress on one line, over which the next output is written. */
function show({ phase, bytesDone, bytesTotal }: Progress): void {
  const line = `${phase}: ${bytesDone} of ${bytesTotal ?? 'unknown'} bytes`.padEnd(60)
  process.stderr.write(`${line}${phase === 'done' ? '\n' : '\r'}`)
}
