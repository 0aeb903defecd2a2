"""Signing in: by itself, step by step, with a captcha, with a session of another process."""

from __future__ import annotations

import asyncio
import io
import threading
from typing import Any

import fileferry
import pytest
from both import OpenClient, settled
from emulator import World
from fileferry import AsyncKeep2Share, CaptchaInvalidError, CaptchaRequiredError, Keep2Share


async def test_by_itself_once(open_client: OpenClient, world: World) -> None:
    sessions: list[str] = []
    client = open_client(on_session=sessions.append, **world.sign_in_with())
    assert client.export_session() is None
    await settled(client.account.account_info())
    await settled(client.account.account_info())
    assert len(world.requests("login")) == 1
    assert sessions == [client.export_session()]


async def test_a_session_needs_no_sign_in(open_client: OpenClient, world: World) -> None:
    first = open_client(**world.sign_in_with())
    await settled(first.account.account_info())
    second = open_client(base_url=world.base_url, session=first.export_session())
    await settled(second.account.account_info())
    assert len(world.requests("login")) == 1


async def test_an_expired_session_is_renewed(open_client: OpenClient, world: World) -> None:
    sessions: list[str] = []
    client = open_client(on_session=sessions.append, **world.sign_in_with())
    await settled(client.account.account_info())
    world.order("expire", what="tokens")
    await settled(client.account.account_info())
    assert len(set(sessions)) == 2


async def test_wrong_password(open_client: OpenClient, world: World) -> None:
    client = open_client(**{**world.sign_in_with(), "password": "wrong"})
    with pytest.raises(fileferry.InvalidCredentialsError) as raised:
        await settled(client.account.account_info())
    assert raised.value.service_code == "70"


async def test_without_a_captcha_there_is_one_step(open_client: OpenClient, world: World) -> None:
    client = open_client(**world.sign_in_with())
    flow = await settled(client.sign_in())
    assert isinstance(flow.step, fileferry.DoneStep)
    assert client.export_session()


async def test_captcha_step(open_client: OpenClient, world: World) -> None:
    sessions: list[str] = []
    client = open_client(on_session=sessions.append, **world.sign_in_with("captcha"))
    with pytest.raises(CaptchaRequiredError):
        await settled(client.account.account_info())

    flow = await settled(client.sign_in())
    first = flow.step
    assert isinstance(first, fileferry.CaptchaStep | fileferry.AsyncCaptchaStep)
    assert (first.name, first.kind) == ("captcha", "image")
    picture, media_type = await settled(first.image())
    assert media_type == "image/png"
    assert picture.startswith(b"\x89PNG")

    with pytest.raises(CaptchaInvalidError):
        await settled(first.answer("wrong"))
    second = flow.step
    assert second.challenge != first.challenge
    done = await settled(second.answer(world.captcha(second.challenge)))
    assert done is flow.step
    assert isinstance(done, fileferry.DoneStep)
    assert sessions == [client.export_session()]
    await settled(client.account.account_info())


async def test_captcha_page(open_client: OpenClient, world: World) -> None:
    client = open_client(**world.sign_in_with("recaptcha"))
    flow = await settled(client.sign_in())
    assert flow.step.kind == "page"
    assert flow.step.url.startswith("http")
    with pytest.raises(fileferry.InvalidArgumentError):
        await settled(flow.step.image())
    await settled(flow.step.answer(world.captcha(flow.step.challenge)))
    assert flow.step.name == "done"


async def test_captcha_handler(open_client: OpenClient, world: World) -> None:
    def solve(step: fileferry.CaptchaStep) -> str:
        return world.captcha(step.challenge)

    client = open_client(on_captcha=solve, **world.sign_in_with("captcha"))
    assert await settled(client.account.account_info())


async def test_a_stream_survives_the_captcha_that_comes_first(open_client: OpenClient, world: World) -> None:
    def solve(step: Any) -> str:
        return world.captcha(step.challenge)

    client = open_client(on_captcha=solve, **world.sign_in_with("captcha"))
    entry = await settled(client.upload(io.BytesIO(bytes(500_000)), name="s.bin"))
    assert entry.size == 500_000


async def test_captcha_handler_that_is_a_coroutine(world: World) -> None:
    async def solve(step: fileferry.AsyncCaptchaStep) -> str:
        picture, _media_type = await step.image()
        assert picture
        return world.captcha(step.challenge)

    async with AsyncKeep2Share(on_captcha=solve, **world.sign_in_with("captcha")) as client:
        assert await client.account.account_info()


async def test_what_a_handler_raises_comes_out(open_client: OpenClient, world: World) -> None:
    def refuse(step: Any) -> str:
        raise ZeroDivisionError

    client = open_client(on_captcha=refuse, **world.sign_in_with("captcha"))
    with pytest.raises(ZeroDivisionError):
        await settled(client.account.account_info())


async def test_a_handler_is_asked_again_after_a_wrong_answer(open_client: OpenClient, world: World) -> None:
    asked: list[str | None] = []

    def solve(step: Any) -> str:
        asked.append(step.challenge)
        return "wrong" if len(asked) == 1 else world.captcha(step.challenge)

    client = open_client(on_captcha=solve, **world.sign_in_with("captcha"))
    assert await settled(client.account.account_info())
    assert len(set(asked)) == 2


async def test_a_handler_that_is_always_wrong_is_asked_three_times(open_client: OpenClient, world: World) -> None:
    asked: list[str | None] = []

    def solve(step: Any) -> str:
        asked.append(step.challenge)
        return "wrong"

    client = open_client(on_captcha=solve, **world.sign_in_with("captcha"))
    with pytest.raises(CaptchaInvalidError):
        await settled(client.account.account_info())
    assert len(asked) == 3


async def test_a_flow_runs_through_by_itself(open_client: OpenClient, world: World) -> None:
    def solve(step: Any) -> str:
        return world.captcha(step.challenge)

    client = open_client(on_captcha=solve, **world.sign_in_with("captcha"))
    flow = await settled(client.sign_in())
    assert isinstance(flow.step, fileferry.DoneStep)
    assert client.export_session()


async def test_a_step_without_its_handler_is_left_to_the_program(open_client: OpenClient, world: World) -> None:
    def never(step: Any) -> str:
        raise AssertionError

    client = open_client(on_confirm=never, **world.sign_in_with("captcha"))
    flow = await settled(client.sign_in())
    assert flow.step.name == "captcha"
    with pytest.raises(CaptchaRequiredError):
        await settled(client.account.account_info())


async def test_a_response_before_a_captcha_is_heard_too(open_client: OpenClient, world: World) -> None:
    heard: list[int] = []

    def hear(status: int, _headers: dict[str, str]) -> None:
        heard.append(status)

    def solve(step: Any) -> str:
        return world.captcha(step.challenge)

    client = open_client(on_captcha=solve, **world.sign_in_with("captcha"))
    await settled(client.account.account_info(options={"on_response": hear}))
    assert heard == [406, 200]


def test_a_handler_that_makes_a_call_gets_its_error(world: World) -> None:
    errors: list[Exception] = []
    done: list[Any] = []

    def solve(step: fileferry.CaptchaStep) -> str:
        with pytest.raises(CaptchaRequiredError) as raised:
            client.account.account_info()
        errors.append(raised.value)
        return world.captcha(step.challenge)

    client = Keep2Share(on_captcha=solve, rate=0, **world.sign_in_with("captcha"))
    thread = threading.Thread(target=lambda: done.append(client.account.account_info()), daemon=True)
    thread.start()
    thread.join(20)
    assert (len(errors), len(done)) == (1, 1)


async def test_a_handler_of_asyncio_that_makes_a_call_gets_its_error(world: World) -> None:
    errors: list[Exception] = []

    async def solve(step: fileferry.AsyncCaptchaStep) -> str:
        with pytest.raises(CaptchaRequiredError) as raised:
            await asyncio.create_task(client.account.account_info())
        errors.append(raised.value)
        return world.captcha(step.challenge)

    async with AsyncKeep2Share(on_captcha=solve, rate=0, **world.sign_in_with("captcha")) as client:
        await asyncio.wait_for(client.sign_in(), 20)
        world.order("expire", what="tokens")
        await asyncio.wait_for(client.account.account_info(), 20)
    assert len(errors) == 2


async def test_a_person_is_asked_once_for_many_tasks(world: World) -> None:
    asked: list[str | None] = []

    async def solve(step: fileferry.AsyncCaptchaStep) -> str:
        asked.append(step.challenge)
        return world.captcha(step.challenge)

    async with AsyncKeep2Share(on_captcha=solve, rate=0, **world.sign_in_with("captcha")) as client:
        await asyncio.gather(*(client.account.account_info() for _ in range(5)))
    assert len(asked) == 1


def test_a_person_is_asked_once_for_many_threads(world: World) -> None:
    asked: list[str | None] = []
    done: list[Any] = []

    def solve(step: fileferry.CaptchaStep) -> str:
        asked.append(step.challenge)
        return world.captcha(step.challenge)

    with Keep2Share(on_captcha=solve, rate=0, **world.sign_in_with("captcha")) as client:
        threads = [threading.Thread(target=lambda: done.append(client.account.account_info())) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(done) == 5
    assert len(asked) == 1
