// Puts the native library beside sources that were compiled into another folder, given as the argument.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'

const [, , folder] = process.argv
copyFileSync(new URL('../fileferry.node', import.meta.url), join(folder, 'fileferry.node'))
