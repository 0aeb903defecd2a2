"""Streams of bytes from a service, read on an event loop."""

from __future__ import annotations

from asyncio import get_running_loop
from typing import TYPE_CHECKING

from fileferry._stream import READ_LIMIT

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from fileferry._native import Stream


class AsyncByteStream:
    """A stream of bytes: iterate over its chunks, or `read()` all. Close it, or use it in an `async with` statement."""

    __slots__ = ("_stream", "length", "media_type")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.media_type: str | None = stream.media_type
        """Media type, where the server said one."""
        self.length: int | None = stream.length
        """Bytes in all, where the server said so."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        reply = await self._stream.next(get_running_loop())
        if reply.error is not None:
            raise reply.error
        if reply.value is None:
            raise StopAsyncIteration
        return reply.value

    async def read(self, limit: int = READ_LIMIT) -> bytes:
        """Read everything that is left; `TooLargeError` beyond `limit` bytes."""
        reply = await self._stream.read(limit, get_running_loop())
        if reply.error is not None:
            raise reply.error
        return reply.value

    async def close(self) -> None:
        """Let go of the connection. Twice is fine."""
        self._stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(media_type={self.media_type!r}, length={self.length})"
