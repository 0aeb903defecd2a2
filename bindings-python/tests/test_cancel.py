"""Cancelling reaches the socket: the emulator holds an answer back and sees the client close the connection."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import fileferry
import pytest
from emulator import Emulator, World
from fileferry import AsyncKeep2Share, Keep2Share

CONTENT = bytes(2_000_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of four files."""
    path = tmp_path / "folder"
    path.mkdir()
    for number in range(4):
        (path / f"{number}.bin").write_bytes(os.urandom(1000))
    return path


async def cancel_when_held(world: World, operation: str, call: Coroutine[Any, Any, Any], count: int = 1) -> None:
    task = asyncio.ensure_future(call)
    await asyncio.to_thread(world.wait_for, "held", operation, count)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(world.wait_for, "client_closed", operation, count)


async def test_a_task(world: World) -> None:
    async with AsyncKeep2Share(**world.token_of()) as client:
        world.fault("hold", "accountInfo")
        await cancel_when_held(world, "accountInfo", client.account.account_info())
        assert (await client.account.account_info()).available_traffic


async def test_an_upload_of_bytes(world: World) -> None:
    async with AsyncKeep2Share(**world.token_of()) as client:
        world.fault("hold", "upload", at_byte=100_000)
        await cancel_when_held(world, "upload", client.upload(CONTENT, name="file"))


async def test_an_upload_of_an_open_file(world: World, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    async with AsyncKeep2Share(**world.token_of()) as client:
        world.fault("hold", "upload", at_byte=100_000)
        with path.open("rb") as file:
            await cancel_when_held(world, "upload", client.upload(file))


async def test_an_upload_of_a_folder(world: World, folder: Path) -> None:
    async with AsyncKeep2Share(rate=0, **world.token_of()) as client:
        world.fault("hold", "upload", times=None)
        await cancel_when_held(world, "upload", client.upload_folder(folder, parallel=2), count=2)
        assert len(world.requests("upload")) == 2


async def test_a_download(world: World, tmp_path: Path) -> None:
    async with AsyncKeep2Share(**world.token_of()) as client:
        entry = await client.upload(CONTENT, name="file")
        world.fault("hold", "download", at_byte=100_000)
        await cancel_when_held(world, "download", client.download(entry, tmp_path / "file"))
        assert not (tmp_path / "file").exists()


async def test_a_timeout_of_asyncio(world: World) -> None:
    async with AsyncKeep2Share(**world.token_of()) as client:
        world.fault("hold", "accountInfo")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.account.account_info(), 0.2)
        assert await asyncio.to_thread(world.wait_for, "client_closed", "accountInfo")


async def test_closing_ends_calls(world: World) -> None:
    client = AsyncKeep2Share(**world.token_of())
    world.fault("hold", "accountInfo")
    task = asyncio.ensure_future(client.account.account_info())
    await asyncio.to_thread(world.wait_for, "held", "accountInfo")
    await client.close()
    await client.close()
    with pytest.raises(fileferry.ClientClosedError):
        await task
    with pytest.raises(fileferry.ClientClosedError):
        await client.account.account_info()
    assert client.closed


def test_closing_ends_calls_of_other_threads(world: World) -> None:
    client = Keep2Share(**world.token_of())
    world.fault("hold", "accountInfo")
    errors: list[BaseException] = []

    def call() -> None:
        try:
            client.account.account_info()
        except fileferry.FileFerryError as error:
            errors.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    world.wait_for("held", "accountInfo")
    client.close()
    thread.join(10)
    assert isinstance(errors[0], fileferry.ClientClosedError)


def in_a_while(action: Callable[[], None], world: World, operation: str) -> threading.Thread:
    def run() -> None:
        world.wait_for("held", operation)
        action()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


CALLS: dict[str, tuple[str, Callable[[Keep2Share, Path], object]]] = {
    "call": ("accountInfo", lambda client, _folder: client.account.account_info()),
    "upload": ("upload", lambda client, _folder: client.upload(b"content", name="file")),
    "upload_folder": ("upload", lambda client, folder: client.upload_folder(folder)),
}


@pytest.mark.parametrize("name", CALLS)
def test_ctrl_c(emulator: Emulator, folder: Path, name: str) -> None:
    waited = sorted(seconds_after_ctrl_c(emulator.world(), folder, *CALLS[name]) for _time in range(5))
    # The middle one, for a machine that has other work too may be late at times.
    assert waited[2] < 0.1


def seconds_after_ctrl_c(
    world: World, folder: Path, operation: str, call: Callable[[Keep2Share, Path], object]
) -> float:
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    world.fault("hold", operation)
    with Keep2Share(**world.token_of()) as client:
        thread = in_a_while(press, world, operation)
        with pytest.raises(KeyboardInterrupt):
            call(client, folder)
        waited = time.monotonic() - pressed[0]
        thread.join()
        assert world.wait_for("client_closed", operation)
    assert world.violations() == []
    return waited


def test_other_threads_run_while_one_waits(world: World) -> None:
    world.fault("hold", "accountInfo")
    with Keep2Share(**world.token_of()) as client:
        thread = threading.Thread(target=client.account.account_info)
        thread.start()
        world.wait_for("held", "accountInfo")
        # This one got here while the other waits, and can go on for as long as it likes.
        for _turn in range(50):
            assert thread.is_alive()
        world.order("release")
        thread.join()


async def test_a_session_outlives_a_cancelled_task(world: World) -> None:
    sessions: list[str] = []
    async with AsyncKeep2Share(on_session=sessions.append, **world.sign_in_with()) as client:
        world.fault("hold", "accountInfo")
        await cancel_when_held(world, "accountInfo", client.account.account_info())
        await client.account.account_info()
        assert sessions == [client.export_session()]
    assert len(world.requests("login")) == 1


def test_a_session_outlives_ctrl_c(world: World) -> None:
    sessions: list[str] = []
    with Keep2Share(on_session=sessions.append, **world.sign_in_with()) as client:
        world.fault("hold", "accountInfo")
        thread = in_a_while(lambda: os.kill(os.getpid(), signal.SIGINT), world, "accountInfo")
        with pytest.raises(KeyboardInterrupt):
            client.account.account_info()
        thread.join()
        client.account.account_info()
        assert sessions == [client.export_session()]
    assert len(world.requests("login")) == 1


async def test_many_calls_at_once(world: World) -> None:
    async with AsyncKeep2Share(rate=0, **world.token_of()) as client:
        results = await asyncio.gather(*(client.account.account_info() for _ in range(100)))
    assert len({result.available_traffic for result in results}) == 1
