// Downloads the files of a list of links into a folder, three at once, and goes past those that fail.

import { mkdir, readFile } from 'node:fs/promises'
import { FileFerryError, Keep2Share, parseLink } from 'fileferry'

const AT_ONCE = 3

const [list, folder] = process.argv.slice(2)
if (list === undefined || folder === undefined) {
  console.error('usage: node links.js LIST FOLDER')
  process.exit(2)
}

const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort())

const lines = (await readFile(list, 'utf8')).split('\n').map((line) => line.trim())
const links = lines.filter((line) => line !== '')
await mkdir(folder, { recursive: true })

const { FILEFERRY_BASE_URL, FILEFERRY_USERNAME, FILEFERRY_PASSWORD } = process.env
const k2s = new Keep2Share({ baseUrl: FILEFERRY_BASE_URL, username: FILEFERRY_USERNAME, password: FILEFERRY_PASSWORD })
try {
  let saved = 0
  // The workers share one iterator: each takes the next link as soon as it is free.
  const queue = links.values()
  const worker = async () => {
    for (const link of queue) if (await save(link, folder)) saved += 1
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  console.log(`${saved} of ${links.length} links downloaded`)
  process.exitCode = saved === links.length ? 0 : 1
} catch (error) {
  if (!interrupted.signal.aborted) throw error
  process.exitCode = 130
} finally {
  k2s.close()
}

/** Whether the file is there now; says what became of it. */
async function save(link: string, folder: string): Promise<boolean> {
  if (parseLink(link)?.kind !== 'file') {
    console.log(`skipped ${link}: not the link of a file`)
    return false
  }
  try {
    const { path } = await k2s.download(link, folder, { signal: interrupted.signal })
    console.log(`saved ${link} as ${path}`)
    return true
  } catch (error) {
    if (!(error instanceof FileFerryError)) throw error
    console.log(`failed ${link}: ${error.code}: ${error.message}`)
    return false
  }
}
