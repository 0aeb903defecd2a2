"""What the steps of a flow hold, the same for threads and for event loops."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Step:
    """Where a flow stands. The set of steps is open: a service may come up with a new one."""

    __slots__ = ("name",)

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.name: str = record["step"]
        """`captcha`, `confirm`, `wait` or `done`."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class DoneStep(Step):
    """The end: the client is signed in, or the download can begin."""

    __slots__ = ()


class CaptchaData(Step):
    """A captcha to solve."""

    __slots__ = ("challenge", "kind", "url")

    def __init__(self, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        self.kind: str | None = record["kind"]
        """`image` or `page`."""
        self.challenge: str | None = record["challenge"]
        """Its id for the service."""
        self.url: str | None = record["url"]
        """Where a person sees it."""


class ConfirmData(Step):
    """A page where a person agrees."""

    __slots__ = ("expires_at", "url", "user_code")

    def __init__(self, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        expires = record["expires_at"]
        self.url: str = record["url"]
        """The page."""
        self.user_code: str | None = record["user_code"]
        """The code to enter there."""
        self.expires_at: datetime | None = None if expires is None else _EPOCH + timedelta(microseconds=expires)
        """When it lapses."""


class WaitData(Step):
    """Time to let pass."""

    __slots__ = ("seconds",)

    def __init__(self, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        self.seconds: float = record["wait_ms"] / 1000
        """How long."""
