// Backs a folder up: sends it into /Backups, under its name and today's date. A file whose content is stored already is
// found by its hash and costs no bytes.

import { basename, resolve } from 'node:path'
import { FileFerryError, Keep2Share } from 'fileferry'

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node backup.js FOLDER')
  process.exit(2)
}

const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort())

const { FILEFERRY_BASE_URL, FILEFERRY_USERNAME, FILEFERRY_PASSWORD } = process.env
const k2s = new Keep2Share({ baseUrl: FILEFERRY_BASE_URL, username: FILEFERRY_USERNAME, password: FILEFERRY_PASSWORD })
try {
  process.exitCode = (await backup(folder)) ? 0 : 1
} catch (error) {
  if (interrupted.signal.aborted) process.exitCode = 130
  else if (error instanceof FileFerryError) {
    console.error(`${error.code}: ${error.message}`)
    process.exitCode = 1
  } else throw error
} finally {
  k2s.close()
}

/** Whether everything is there now. */
async function backup(folder: string): Promise<boolean> {
  // The Swedish way to write a date is YYYY-MM-DD.
  const name = `${basename(resolve(folder))} ${new Date().toLocaleDateString('sv')}`
  const { signal } = interrupted
  const backups = await k2s.makeFolder('Backups', { existOk: true }, { signal })
  const report = await k2s
    .uploadFolder(folder, {
      folder: backups,
      name,
      signal,
      onProgress: ({ filesDone, filesTotal, bytesDone, bytesTotal }) => {
        const percent = bytesTotal === 0 ? 100 : Math.floor((100 * bytesDone) / bytesTotal)
        process.stdout.write(`\r${filesDone} of ${filesTotal} files, ${percent} %`)
      },
    })
    .finally(() => process.stdout.write('\n'))
  for (const { path, error } of report.items) {
    if (error !== null) console.log(`not backed up: ${path}: ${error.message}`)
  }
  console.log(`backed up ${report.uploaded} files (${report.bytes} bytes) to /Backups/${name}`)
  return report.failed === 0
}
