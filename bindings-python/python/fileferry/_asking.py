"""Whose handlers are being asked right now: a call that one of them makes must not wait for it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contextvars import Token

WRONG_ANSWERS: Final = 3
"""Wrong answers of a handler after which a flow gives up: the next one may block the account."""

_ASKING: ContextVar[tuple[Asking, ...]] = ContextVar("fileferry_asking", default=())


class Asking:
    """The time in which a client's handlers are asked."""

    __slots__ = ("_token", "client", "is_over")

    def __init__(self, client: object) -> None:
        self.client = client
        self.is_over = False
        self._token: Token[tuple[Asking, ...]] | None = None

    def __enter__(self) -> None:
        self._token = _ASKING.set((*_ASKING.get(), self))

    def __exit__(self, *_error: object) -> None:
        # A task that a handler left behind has a context of its own, in which this stays.
        self.is_over = True
        if self._token is not None:
            _ASKING.reset(self._token)


def is_asking(client: object) -> bool:
    """Tell whether one of the client's handlers is what runs here."""
    return any(asking.client is client and not asking.is_over for asking in _ASKING.get())
