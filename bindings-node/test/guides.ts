// The code that the guides show: compiled with the tests, so that it cannot drift, and never run.

import { type Client, FileFerryError, Keep2Share, NotFoundError, open, parseLink } from 'fileferry'

export function signedIn(kept: string | undefined): Keep2Share {
  const client = new Keep2Share({
    username: 'me@example.com',
    password: 'correct horse',
    session: kept,
    onSession: keep,
    onCaptcha: async (captcha) => {
      if (captcha.kind === 'page') return askOnPage(captcha.url)
      const picture = await captcha.image()
      return askForText(picture.bytes)
    },
  })
  return client
}

function keep(_session: string): void {}

async function askOnPage(_url: string | null): Promise<string> {
  return ''
}

async function askForText(_picture: Uint8Array): Promise<string> {
  return ''
}

export async function errors(client: Keep2Share): Promise<void> {
  try {
    const file = await client.download('5f0c2b7e41a3d', 'movie.mp4')
    console.log(file.name, 'is here')
  } catch (error) {
    if (error instanceof NotFoundError) console.log('it is gone')
    else if (error instanceof FileFerryError && error.retryable) console.log('later', error.retryAfterMs, error)
    else throw error
  }
}

export async function transfers(client: Keep2Share): Promise<void> {
  const file = await client.upload('movie.mp4', {
    folder: '/',
    onProgress: (progress) => console.log(progress.bytesDone, 'of', progress.bytesTotal),
    signal: AbortSignal.timeout(60_000),
  })
  const copy = await client.download(file, 'downloads', { overwrite: true })
  console.log(copy.path)

  for await (const chunk of await client.downloadStream(file)) {
    console.log(chunk.length, 'bytes')
  }
}

export async function folders(client: Client): Promise<void> {
  const report = await client.uploadFolder('holidays', {
    folder: '/',
    onProgress: ({ filesDone, filesTotal }) => console.log(filesDone, 'of', filesTotal, 'files'),
  })
  console.log(report.uploaded, 'files,', report.bytes, 'bytes')
  for (const { path, error } of report.items) {
    if (error !== null) console.log(path, error.kind, error.message)
  }
}

export async function verbs(client: Client): Promise<void> {
  const folder = await client.makeFolder('Holidays', { existOk: true })
  for await (const entry of client.list(folder)) console.log(entry.name, entry.size)

  const file = await client.stat('/Holidays/movie.mp4')
  await client.rename(file, 'first day.mp4')
  console.log(await client.shareLink('/Holidays/first day.mp4'))
}

export async function opened(): Promise<void> {
  const link = parseLink('https://k2s.cc/file/5f0c2b7e41a3d/movie.mp4')
  if (link !== null && link.id !== null) {
    using client = open(link.service, { accessToken: 'my-key' })
    if (client.capabilities().verbs.includes('download')) await client.download(link.id, 'downloads')
  }
}

export async function fetched(client: Client): Promise<void> {
  const stored = await client.remoteUpload('https://example.com/movie.mp4', {
    folder: '/Holidays',
    onProgress: (progress) => console.log(progress.fraction),
  })
  console.log(stored.id)
}
