// Shown by the README: compiled with the tests, so that it cannot drift, and never run.

import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { Keep2Share } from 'fileferry'

const k2s = new Keep2Share({
  username: process.env.KEEP2SHARE_USERNAME,
  password: process.env.KEEP2SHARE_PASSWORD,
  onCaptcha: async (step) => {
    if (step.kind !== 'image') console.log(`Open ${step.url} and solve the captcha.`)
    else await writeFile('captcha.png', (await step.image()).bytes)
    const terminal = createInterface({ input: process.stdin, output: process.stdout })
    const text = await terminal.question('What does it show? ')
    terminal.close()
    return text
  },
})
console.log(await k2s.account.accountInfo())
