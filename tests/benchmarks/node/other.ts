// The same listing as a program would else read it: `fetch`, `JSON.parse`, and classes filled from what it gives.

import assert from 'node:assert/strict'
import { type Rounds, records } from './rounds.js'

interface SentFile {
  readonly id: string
  readonly name?: string | null
  readonly is_available?: boolean | null
  readonly is_folder?: boolean | null
  readonly date_created?: string | null
  readonly size?: number | null
  readonly md5?: string | null
  readonly extended_info?: SentInfo | null
}

interface SentInfo {
  readonly abuses?: unknown[] | null
  readonly storage_object?: string | null
  readonly size?: number | null
  readonly date_download_last?: string | null
  readonly downloads?: number | null
  readonly access?: string | null
  readonly content_type?: string | null
}

/** As the package shows it: `2020-01-31T12:30:00`. */
const time = (text: string | null | undefined) => text?.replace(' ', 'T') ?? null

class ExtendedInfo {
  readonly abuses: unknown[] | null
  readonly storageObject: string | null
  readonly size: number | null
  readonly dateDownloadLast: string | null
  readonly downloads: number | null
  readonly access: string | null
  readonly contentType: string | null

  constructor(sent: SentInfo) {
    this.abuses = sent.abuses ?? null
    this.storageObject = sent.storage_object ?? null
    this.size = sent.size ?? null
    this.dateDownloadLast = time(sent.date_download_last)
    this.downloads = sent.downloads ?? null
    this.access = sent.access ?? null
    this.contentType = sent.content_type ?? null
  }
}

class File {
  readonly id: string
  readonly name: string | null
  readonly isAvailable: boolean | null
  readonly isFolder: boolean | null
  readonly dateCreated: string | null
  readonly size: number | null
  readonly md5: string | null
  readonly extendedInfo: ExtendedInfo | null

  constructor(sent: SentFile) {
    this.id = sent.id
    this.name = sent.name ?? null
    this.isAvailable = sent.is_available ?? null
    this.isFolder = sent.is_folder ?? null
    this.dateCreated = time(sent.date_created)
    this.size = sent.size ?? null
    this.md5 = sent.md5 ?? null
    this.extendedInfo = sent.extended_info ? new ExtendedInfo(sent.extended_info) : null
  }
}

const read = (text: string) => (JSON.parse(text) as { files: SentFile[] }).files.map((sent) => new File(sent))

/** Times fetching and reading, then reading alone. */
export async function otherWay(rounds: Rounds, baseUrl: string, total: number): Promise<void> {
  const get = async () => {
    const response = await fetch(`${baseUrl}/getFilesList`, { method: 'POST', body: '{"limit": 10000}' })
    return response.text()
  }
  const check = (files: File[]) =>
    assert.equal(
      files.reduce((sum, file) => sum + (file.size ?? 0), 0),
      total,
    )
  await rounds.time('other', records, async () => check(read(await get())))
  const text = await get()
  await rounds.time('other_reading', records, () => check(read(text)))
}
