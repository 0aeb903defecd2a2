// The code of the quick start: compiled with the tests, so that it cannot drift, and never run.

import { Keep2Share } from 'fileferry'

export async function quickStart(accessToken: string): Promise<void> {
  const k2s = new Keep2Share({ accessToken })
  for await (const item of k2s.files.iterFilesList({ parent: '/' })) console.log(item.name)
  const file = await k2s.upload('movie.mp4', { folder: '/', onProgress: console.log })
  console.log(file.link)
}
