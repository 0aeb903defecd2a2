"""Signing in and downloading for free step by step on an event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from fileferry._asking import WRONG_ANSWERS
from fileferry._calls import result
from fileferry._generated.errors import CaptchaInvalidError
from fileferry._steps import CaptchaData, ConfirmData, DoneStep, Step, WaitData

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fileferry import _native
    from fileferry._types import AsyncOnCaptcha, AsyncOnConfirm

T = TypeVar("T")


class AsyncCaptchaStep(CaptchaData):
    """A captcha to solve."""

    __slots__ = ("_flow",)

    def __init__(self, flow: AsyncFlow, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        self._flow = flow

    async def image(self) -> tuple[bytes, str]:
        """Fetch the picture: its bytes and media type."""
        return await self._flow.image()

    async def answer(self, text: str) -> Step:
        """Give the answer; the next step.

        A wrong one is `CaptchaInvalidError`, and the flow stands at a new captcha; this one takes no answer then.
        """
        return await self._flow.answer(self.challenge, text)


class AsyncConfirmStep(ConfirmData):
    """A page where a person agrees."""

    __slots__ = ("_flow",)

    def __init__(self, flow: AsyncFlow, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        self._flow = flow

    async def answer(self, text: str = "") -> Step:
        """Go on once the person agreed, with the code that the page showed; the next step."""
        return await self._flow.answer(self.url, text)


class AsyncWaitStep(WaitData):
    """Time to let pass."""

    __slots__ = ("_flow",)

    def __init__(self, flow: AsyncFlow, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        self._flow = flow

    async def proceed(self) -> Step:
        """Go on after the wait; the next step. Too early, it is another wait."""
        return await self._flow.proceed()

    async def wait_out(self) -> Step:
        """Let the time pass and go on; the next step."""
        return await self._flow.wait_out()


class AsyncFlow:
    """A sign-in, or the way to a free download, as steps that a program takes at its own pace.

    Look at `step` until it is a `DoneStep`.
    """

    __slots__ = ("_native", "_tell_session", "step")

    def __init__(self, native: _native.Flow, tell_session: Callable[[], None]) -> None:
        self._native = native
        self._tell_session = tell_session
        self.step: Step = Step({"step": "start"})
        """Where the flow stands."""

    async def start(self) -> None:
        """Take the first step."""
        self._stand(await self._native.start(asyncio.get_running_loop()))

    async def run(self, on_captcha: AsyncOnCaptcha | None, on_confirm: AsyncOnConfirm | None) -> None:
        """Take all steps for which there is a handler."""
        wrong_answers = 0
        while True:
            step = self.step
            if isinstance(step, AsyncCaptchaStep) and on_captcha is not None:
                answer = await _awaited(on_captcha(step))
                try:
                    await step.answer(answer)
                except CaptchaInvalidError:
                    wrong_answers += 1
                    if wrong_answers == WRONG_ANSWERS:
                        raise
            elif isinstance(step, AsyncConfirmStep) and on_confirm is not None:
                await step.answer(await _awaited(on_confirm(step)) or "")
            elif isinstance(step, AsyncWaitStep) and (on_captcha or on_confirm):
                self._stand(await self._native.wait_unseen(asyncio.get_running_loop()))
            else:
                return

    async def image(self) -> tuple[bytes, str]:
        """Fetch the picture of the captcha step."""
        return result(await self._native.image(asyncio.get_running_loop()))

    async def answer(self, asked: str | None, text: str) -> Step:
        """Answer the captcha or confirm step that asked."""
        return self._stand(await self._native.answer(asked, text, asyncio.get_running_loop()))

    async def proceed(self) -> Step:
        """Go on after the wait step."""
        return self._stand(await self._native.proceed(asyncio.get_running_loop()))

    async def wait_out(self) -> Step:
        """Let the time of the wait step pass and go on."""
        return self._stand(await self._native.wait_out(asyncio.get_running_loop()))

    def _stand(self, reply: _native.Reply) -> Step:
        # After a wrong answer there is both: the error, and the captcha where the flow now stands.
        if reply.value is not None:
            self.step = self._read(json.loads(reply.value))
        self._tell_session()
        result(reply)
        return self.step

    def _read(self, record: Mapping[str, Any]) -> Step:
        match record["step"]:
            case "captcha":
                return AsyncCaptchaStep(self, record)
            case "confirm":
                return AsyncConfirmStep(self, record)
            case "wait":
                return AsyncWaitStep(self, record)
            case "done":
                return DoneStep(record)
            case _:
                return Step(record)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(step={self.step!r})"


async def _awaited(value: T | Awaitable[T]) -> T:
    """Let a handler be a plain function or a coroutine function."""
    return await cast("Awaitable[T]", value) if isinstance(value, Awaitable) else value
