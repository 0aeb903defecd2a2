"""Walking listings page by page on an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from typing_extensions import Self

    from fileferry import _native
    from fileferry._async_caller import AsyncCaller
    from fileferry._types import CallOptions

T = TypeVar("T")


class AsyncPages(Generic[T]):
    """Iterates over the items of a listing; each page is asked for when it is needed."""

    __slots__ = ("_caller", "_items", "_options", "_pages")

    def __init__(self, caller: AsyncCaller, pages: _native.Pages, options: CallOptions | None) -> None:
        self._caller = caller
        self._pages = pages
        self._options = options
        self._items: list[T] = []

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        # Kept in reverse, so that taking the next one is cheap. A page in the middle may be empty.
        while not self._items:
            page: list[T] | None = await self._caller.settled(self._pages.next, self._options)
            if page is None:
                raise StopAsyncIteration
            self._items = page[::-1]
        return self._items.pop()
