import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint, version } from './generated/version.js'
import type { Native } from './native.js'

/** The C library of this machine; packages for Linux are made for one of them. */
function libc(): string | null {
  if (process.platform !== 'linux') return null
  // The loader of musl lies in a well-known place; asking Node for a report takes a hundred times as long.
  const musl = listing('/lib').some((name) => name.startsWith('ld-musl-'))
  return musl ? 'musl' : 'gnu'
}

function listing(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    // A system without that folder is none with musl.
    return []
  }
}

function load(): Native {
  const kind = libc()
  const platform = [process.platform, process.arch, kind].filter((part) => part !== null).join('-')
  const packaged = `fileferry-${platform}`
  const failures: string[] = []
  for (const candidate of [join(__dirname, '..', 'fileferry.node'), packaged]) {
    try {
      return require(candidate) as Native
    } catch (error) {
      failures.push(`  ${candidate}: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`)
    }
  }
  throw new Error(
    `fileferry ${version} found no native library for this machine ` +
      `(platform ${process.platform}, processor ${process.arch}, C library ${kind ?? 'of the system'}).\n` +
      `It comes with the package ${packaged}. To get it: npm install ${packaged}@${version}\n` +
      `Tried:\n${failures.join('\n')}`,
  )
}

/** @internal */
export const native: Native = load()

if (native.fingerprint() !== fingerprint) {
  throw new Error(
    `fileferry ${version} was installed with a native library of another version. ` +
      'To repair it: npm install --force fileferry',
  )
}
