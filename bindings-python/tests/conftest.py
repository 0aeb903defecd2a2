"""What tests share: the emulator, and clients of both sorts."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from both import OpenClient, settled
from emulator import Emulator, World
from fileferry import AsyncKeep2Share, Keep2Share


@pytest.fixture(scope="session", autouse=True)
def ctrl_c() -> Iterator[None]:
    """Ctrl-C as at a terminal, for the tests' programs too: a shell that runs them in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    emulator = Emulator()
    yield emulator
    emulator.stop()


@pytest.fixture
def world(emulator: Emulator) -> Iterator[World]:
    """Give a world; what a client did that no document allows fails the test."""
    world = emulator.world()
    yield world
    assert world.violations() == []


@pytest.fixture(params=[Keep2Share, AsyncKeep2Share])
async def open_client(request: pytest.FixtureRequest) -> AsyncIterator[OpenClient]:
    """Make clients of both sorts; they are closed at the end."""
    async with contextlib.AsyncExitStack() as stack:

        def open_client(**options: Any) -> Any:
            client = request.param(backoff=0.01, rate=0, poll_interval=0.001, **options)

            async def close() -> None:
                await settled(client.close())

            stack.push_async_callback(close)
            return client

        yield open_client


@pytest.fixture
async def client(open_client: OpenClient, world: World) -> Any:
    """Give a client of the premium account, of both sorts."""
    return open_client(**world.token_of())
