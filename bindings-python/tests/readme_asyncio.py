"""Shown by the README: type-checked with the tests, so that it cannot drift, and never run."""

import asyncio

from fileferry import AsyncKeep2Share


async def main() -> None:
    async with AsyncKeep2Share(access_token="…") as k2s:
        async for item in k2s.files.iter_files_list(parent="/"):
            print(item.name)
        await k2s.upload("movie.mp4")


asyncio.run(main())
