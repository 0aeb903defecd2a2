"""Download a list of links: `python links.py LIST FOLDER` goes through a text file with a link a line, three at once.

The name and password of the account are in `FILEFERRY_USERNAME` and `FILEFERRY_PASSWORD`. What fails is told, and the
others go on.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from fileferry import AsyncKeep2Share, FileFerryError, LinkKind, parse_link

AT_ONCE = 3


async def save(k2s: AsyncKeep2Share, link: str, folder: Path, turn: asyncio.Semaphore) -> bool:
    """Download a link when it is its turn; whether it is there now."""
    parsed = parse_link(link)
    if parsed is None or parsed.kind != LinkKind.FILE:
        print(f"skipped {link}: not the link of a file")
        return False
    async with turn:
        try:
            file = await k2s.download(link, folder)
        except FileFerryError as error:
            print(f"failed {link}: {error.kind}: {error}")
            return False
    print(f"saved {link} as {file.path}")
    return True


async def save_all(links: list[str], folder: Path) -> int:
    """Download all links; how many are there now."""
    turn = asyncio.Semaphore(AT_ONCE)
    async with AsyncKeep2Share(
        username=os.environ["FILEFERRY_USERNAME"],
        password=os.environ["FILEFERRY_PASSWORD"],
        base_url=os.environ.get("FILEFERRY_BASE_URL"),
    ) as k2s:
        return sum(await asyncio.gather(*(save(k2s, link, folder, turn) for link in links)))


def main() -> None:
    parser = argparse.ArgumentParser(description="Download a list of links.")
    parser.add_argument("list", type=Path, help="a text file with a link a line")
    parser.add_argument("folder", type=Path, help="where the files go")
    arguments = parser.parse_args()
    try:
        lines = arguments.list.read_text(encoding="utf-8").splitlines()
        links = [line.strip() for line in lines if line.strip()]
        # A target that is not there yet would be taken for the name of a file.
        arguments.folder.mkdir(parents=True, exist_ok=True)
        saved = asyncio.run(save_all(links, arguments.folder))
    except FileFerryError as error:
        sys.exit(f"{error.kind}: {error}")
    except OSError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("stopped")
    print(f"{saved} of {len(links)} links downloaded")
    sys.exit(0 if saved == len(links) else 1)


if __name__ == "__main__":
    main()
