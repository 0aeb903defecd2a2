"""Signing in and downloading for free step by step, waiting in the calling thread."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fileferry._asking import WRONG_ANSWERS
from fileferry._calls import result
from fileferry._generated.errors import CaptchaInvalidError
from fileferry._steps import CaptchaData, ConfirmData, DoneStep, Step, WaitData

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fileferry import _native
    from fileferry._types import OnCaptcha, OnConfirm


class CaptchaStep(CaptchaData):
    """A captcha to solve."""

    __slots__ = ("_flow",)

    def __init__(self, flow: Flow, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        self._flow = flow

    def image(self) -> tuple[bytes, str]:
        """Fetch the picture: its bytes and media type."""
        return self._flow.image()

    def answer(self, text: str) -> Step:
        """Give the answer; the next step.

        A wrong one is `CaptchaInvalidError`, and the flow stands at a new captcha; this one takes no answer then.
        """
        return self._flow.answer(self.challenge, text)


class ConfirmStep(ConfirmData):
    """A page where a person agrees."""

    __slots__ = ("_flow",)

    def __init__(self, flow: Flow, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        self._flow = flow

    def answer(self, text: str = "") -> Step:
        """Go on once the person agreed, with the code that the page showed; the next step."""
        return self._flow.answer(self.url, text)


class WaitStep(WaitData):
    """Time to let pass."""

    __slots__ = ("_flow",)

    def __init__(self, flow: Flow, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        self._flow = flow

    def proceed(self) -> Step:
        """Go on after the wait; the next step. Too early, it is another wait."""
        return self._flow.proceed()

    def wait_out(self) -> Step:
        """Let the time pass and go on; the next step."""
        return self._flow.wait_out()


class Flow:
    """A sign-in, or the way to a free download, as steps that a program takes at its own pace.

    Look at `step` until it is a `DoneStep`.
    """

    __slots__ = ("_native", "_tell_session", "step")

    def __init__(self, native: _native.Flow, tell_session: Callable[[], None]) -> None:
        self._native = native
        self._tell_session = tell_session
        self.step: Step = self._stand(native.start())
        """Where the flow stands."""

    def run(self, on_captcha: OnCaptcha | None, on_confirm: OnConfirm | None) -> None:
        """Take all steps for which there is a handler."""
        wrong_answers = 0
        while True:
            step = self.step
            if isinstance(step, CaptchaStep) and on_captcha is not None:
                answer = on_captcha(step)
                try:
                    step.answer(answer)
                except CaptchaInvalidError:
                    wrong_answers += 1
                    if wrong_answers == WRONG_ANSWERS:
                        raise
            elif isinstance(step, ConfirmStep) and on_confirm is not None:
                step.answer(on_confirm(step) or "")
            elif isinstance(step, WaitStep) and (on_captcha or on_confirm):
                self._stand(self._native.wait_unseen())
            else:
                return

    def image(self) -> tuple[bytes, str]:
        """Fetch the picture of the captcha step."""
        return result(self._native.image())

    def answer(self, asked: str | None, text: str) -> Step:
        """Answer the captcha or confirm step that asked."""
        return self._stand(self._native.answer(asked, text))

    def proceed(self) -> Step:
        """Go on after the wait step."""
        return self._stand(self._native.proceed())

    def wait_out(self) -> Step:
        """Let the time of the wait step pass and go on."""
        return self._stand(self._native.wait_out())

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
                return CaptchaStep(self, record)
            case "confirm":
                return ConfirmStep(self, record)
            case "wait":
                return WaitStep(self, record)
            case "done":
                return DoneStep(record)
            case _:
                return Step(record)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(step={self.step!r})"
