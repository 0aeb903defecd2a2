"""What the generated groups of operations are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fileferry._async_caller import AsyncCaller
    from fileferry._caller import Caller


class Group:
    """Operations that belong together."""

    __slots__ = ("_caller",)

    def __init__(self, caller: Caller) -> None:
        self._caller = caller


class AsyncGroup:
    """Operations that belong together."""

    __slots__ = ("_caller",)

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller
