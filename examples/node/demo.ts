// A walk through the package: sign in, make a folder, upload twice, list, download, compare, delete, and one error.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Keep2Share, NotFoundError, type Progress } from 'fileferry'

const { FILEFERRY_BASE_URL, FILEFERRY_USERNAME, FILEFERRY_PASSWORD } = process.env
const path = process.env.FILEFERRY_FILE ?? 'movie.mp4'
const copy = process.env.FILEFERRY_DOWNLOAD ?? 'movie-copy.mp4'

const k2s = new Keep2Share({ baseUrl: FILEFERRY_BASE_URL, username: FILEFERRY_USERNAME, password: FILEFERRY_PASSWORD })
let steps = 0
const step = (text: string) => console.log(`${++steps}. ${text}`)

const { availableTraffic } = await k2s.account.accountInfo()
step(`signed in; ${availableTraffic} bytes of traffic left today`)

const folder = await k2s.files.createFolder({ name: 'fileferry demo' })
step(`made the folder ${folder.id}`)

const file = await k2s.upload(path, { folder: folder.id, onProgress: bar('upload') })
step(`uploaded ${file.name}`)

let sent = 0
const again = await k2s.upload(path, {
  folder: folder.id,
  name: 'the-same-again',
  onProgress: ({ bytesOnWire }) => {
    sent = bytesOnWire
  },
})
if (sent > 0) throw new Error('content that is stored already was sent again')
step(`uploaded again as ${again.name}: found by its hash, no byte was sent`)

for await (const item of k2s.files.iterFilesList({ parent: folder.id }))
  console.log(`   ${item.name}  ${item.size} bytes`)
step('listed the folder')

const { size } = await stat(path)
await k2s.download(file, copy, { overwrite: true, onProgress: bar('download') })
step(`downloaded ${basename(copy)}`)

if ((await sha256(path)) !== (await sha256(copy))) throw new Error('the copy differs from the file')
step('compared: both are the same')

await k2s.files.deleteFiles({ ids: [file.id ?? '', again.id ?? '', folder.id] })
await rm(copy)
step('deleted files, folder and copy')

try {
  await k2s.downloads.getUrl({ fileId: file.id ?? '' })
} catch (error) {
  if (!(error instanceof NotFoundError)) throw error
  step(`a file that is gone: ${error.name}, code ${error.serviceCode}, "${error.message}"`)
}

k2s.close()
console.log(`RESULT ${JSON.stringify({ steps, bytes: size, outcome: 'ok' })}`)

/** Draws a bar while a transfer goes on. */
function bar(what: string): (progress: Progress) => void {
  return ({ bytesDone, bytesTotal, phase }) => {
    const share = bytesTotal === null || bytesTotal === 0 ? 0 : bytesDone / bytesTotal
    const filled = '#'.repeat(Math.round(share * 30)).padEnd(30, '.')
    process.stdout.write(`\r   ${what} [${filled}] ${Math.round(share * 100)} %${phase === 'done' ? '\n' : ''}`)
  }
}

/** A hash of a file's content, read piece by piece so that a large one needs little memory. */
async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece)
  return hash.digest('hex')
}
