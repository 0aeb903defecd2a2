"""What warm calls cost: `border.py sync|asyncio [quick]`."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import other
from fileferry import AsyncKeep2Share, InvalidArgumentError, Keep2Share
from rounds import RECORDS, Rounds

# The service made of traps is no part of the package: it lies beside its tests.
sys.path.append(str(Path(__file__).parents[3] / "bindings-python/tests/generated"))

from traps.async_client import AsyncTraps
from traps.client import Traps

if TYPE_CHECKING:
    from fileferry.keep2share import GetFilesListResult

BASE_URL = os.environ["FILEFERRY_BASE_URL"]
TOTAL = int(os.environ["FILEFERRY_TOTAL"])


def border(rounds: Rounds) -> None:
    """Time calls that a thread waits for."""
    with Keep2Share(access_token="key", base_url=BASE_URL, rate=0) as k2s, Traps() as traps:
        for _ in rounds.of("nothing", rounds.calls):
            for _ in range(rounds.calls):
                traps.answers.link(name="x")
        for _ in rounds.of("error", rounds.calls):
            for _ in range(rounds.calls):
                with suppress(InvalidArgumentError):
                    k2s.files.get_files_list(limit=0)
        for _ in rounds.of("listing", RECORDS):
            check(k2s.files.get_files_list(limit=10_000, extended_info=True))
    other.border(rounds, BASE_URL, TOTAL)


async def border_async(rounds: Rounds) -> None:
    """Time calls that an event loop waits for."""
    async with AsyncKeep2Share(access_token="key", base_url=BASE_URL, rate=0) as k2s, AsyncTraps() as traps:
        for _ in rounds.of("nothing", rounds.calls):
            for _ in range(rounds.calls):
                await traps.answers.link(name="x")
        for _ in rounds.of("error", rounds.calls):
            for _ in range(rounds.calls):
                with suppress(InvalidArgumentError):
                    await k2s.files.get_files_list(limit=0)
        for _ in rounds.of("listing", RECORDS):
            check(await k2s.files.get_files_list(limit=10_000, extended_info=True))
    other.border(rounds, BASE_URL, TOTAL)


def check(listing: GetFilesListResult) -> None:
    """See that everything was read."""
    assert sum(file.size or 0 for file in listing.files) == TOTAL


if __name__ == "__main__":
    how_often = Rounds(quick="quick" in sys.argv)
    if "asyncio" in sys.argv:
        asyncio.run(border_async(how_often))
    else:
        border(how_often)
