// Shown by the README: compiled with the tests, so that it cannot drift, and never run.

import { Keep2Share, NotFoundError } from 'fileferry'

await using k2s = new Keep2Share({ accessToken: process.env.KEEP2SHARE_TOKEN })

for await (const item of k2s.files.iterFilesList({ parent: '/' })) {
  console.log(item.name, item.size)
}

const file = await k2s.upload('movie.mp4', {
  folder: '/',
  onProgress: ({ bytesDone, bytesTotal }) => console.log(bytesDone, 'of', bytesTotal),
})

try {
  await k2s.download(file, 'copy.mp4', { signal: AbortSignal.timeout(60_000) })
} catch (error) {
  if (!(error instanceof NotFoundError)) throw error
  console.error(error.reason, error.serviceCode)
}
