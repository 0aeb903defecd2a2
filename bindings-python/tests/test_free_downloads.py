"""Downloads without premium: step by step, and by a handler."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import fileferry
import pytest
from both import OpenClient, settled
from emulator import World
from fileferry import (
    AsyncKeep2Share,
    CaptchaInvalidError,
    CaptchaRequiredError,
    InvalidArgumentError,
    Keep2Share,
    WaitRequiredError,
)


def put_file(world: World) -> str:
    """Put a file of somebody else into the world; its id."""
    owner = world.accounts["premium"]["username"]
    return world.order("files", service="keep2share", username=owner, name="movie.bin", size=3000)["ids"][0]


async def test_step_by_step(open_client: OpenClient, world: World, tmp_path: Path) -> None:
    file = put_file(world)
    client = open_client(**world.sign_in_with("free"))
    with pytest.raises(CaptchaRequiredError):
        await settled(client.download(file, tmp_path))

    flow = await settled(client.free_download(f"https://k2s.cc/file/{file}/movie.bin"))
    first = flow.step
    assert (first.name, first.kind) == ("captcha", "image")
    with pytest.raises(CaptchaInvalidError):
        await settled(first.answer("wrong"))
    second = flow.step
    # The first one takes no answer now, not even a right one: it would count for the other.
    with pytest.raises(InvalidArgumentError) as raised:
        await settled(first.answer(world.captcha(second.challenge)))
    assert raised.value.name == "step_is_over"
    assert flow.step.challenge == second.challenge
    wait = await settled(second.answer(world.captcha(second.challenge)))
    assert isinstance(wait, fileferry.WaitStep | fileferry.AsyncWaitStep)
    assert wait.seconds == 32

    # Too early it is another wait, and nothing is lost.
    early = await settled(wait.proceed())
    assert early.name == "wait"
    assert early is flow.step
    world.order("clock", advance_s=31)
    assert isinstance(await settled(early.proceed()), fileferry.DoneStep)
    entry = await settled(client.download(file, tmp_path))
    assert entry.size == len((tmp_path / "movie.bin").read_bytes()) == 3000


async def test_a_handler_leads_through_the_download(open_client: OpenClient, world: World, tmp_path: Path) -> None:
    asked: list[str] = []
    sessions: list[str] = []

    def solve(step: Any) -> str:
        asked.append(step.challenge)
        return world.captcha(step.challenge)

    world.odd("time_wait_zero")
    file = put_file(world)
    client = open_client(on_captcha=solve, on_session=sessions.append, free_wait_margin=0, **world.sign_in_with("free"))
    entry = await settled(client.download(file, tmp_path))
    assert entry.id == file
    assert sessions == [client.export_session()]
    stream = await settled(client.open(file))
    assert len(await settled(stream.read())) == 3000
    assert len(asked) == 1, "the ticket is good for another link"


@pytest.mark.parametrize(("cap", "deadline"), [(1, 600), (600, 20)])
async def test_a_wait_that_is_too_long_for_a_handler_or_the_call_is_an_error_at_once(
    open_client: OpenClient, world: World, tmp_path: Path, cap: float, deadline: float
) -> None:
    def solve(step: Any) -> str:
        return world.captcha(step.challenge)

    client = open_client(on_captcha=solve, retry_after_cap=cap, **world.sign_in_with("free"))
    with pytest.raises(WaitRequiredError) as raised:
        await settled(client.download(put_file(world), tmp_path, options={"deadline": deadline}))
    assert raised.value.retry_after == 32


async def test_a_handler_that_is_always_wrong_is_asked_three_times(
    open_client: OpenClient, world: World, tmp_path: Path
) -> None:
    asked: list[str] = []

    def solve(step: Any) -> str:
        asked.append(step.challenge)
        return "wrong"

    client = open_client(on_captcha=solve, **world.sign_in_with("free"))
    with pytest.raises(CaptchaInvalidError):
        await settled(client.download(put_file(world), tmp_path))
    assert len(asked) == 3


def test_a_handler_that_downloads_itself_gets_its_error(world: World, tmp_path: Path) -> None:
    errors: list[Exception] = []

    def solve(step: fileferry.CaptchaStep) -> str:
        with pytest.raises(CaptchaRequiredError) as raised:
            client.download(file, tmp_path)
        errors.append(raised.value)
        return world.captcha(step.challenge)

    world.odd("time_wait_zero")
    file = put_file(world)
    with Keep2Share(on_captcha=solve, rate=0, free_wait_margin=0, **world.sign_in_with("free")) as client:
        client.download(file, tmp_path)
    assert len(errors) == 1


async def test_a_handler_of_asyncio_that_downloads_itself_gets_its_error(world: World, tmp_path: Path) -> None:
    errors: list[Exception] = []

    async def solve(step: fileferry.AsyncCaptchaStep) -> str:
        with pytest.raises(CaptchaRequiredError) as raised:
            await asyncio.create_task(client.download(file, tmp_path))
        errors.append(raised.value)
        return world.captcha(step.challenge)

    world.odd("time_wait_zero")
    file = put_file(world)
    async with AsyncKeep2Share(on_captcha=solve, rate=0, free_wait_margin=0, **world.sign_in_with("free")) as client:
        await asyncio.wait_for(client.download(file, tmp_path), 20)
    assert len(errors) == 1
