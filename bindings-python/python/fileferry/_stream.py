"""Streams of bytes from a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from fileferry._native import Stream

READ_LIMIT = 64 * 1024 * 1024


class ByteStream:
    """A stream of bytes: iterate over its chunks, or `read()` all. Close it, or use it in a `with` statement."""

    __slots__ = ("_stream", "length", "media_type")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.media_type: str | None = stream.media_type
        """Media type, where the server said one."""
        self.length: int | None = stream.length
        """Bytes in all, where the server said so."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        reply = self._stream.next()
        if reply.error is not None:
            raise reply.error
        if reply.value is None:
            raise StopIteration
        return reply.value

    def read(self, limit: int = READ_LIMIT) -> bytes:
        """Read everything that is left; `TooLargeError` beyond `limit` bytes."""
        reply = self._stream.read(limit)
        if reply.error is not None:
            raise reply.error
        return reply.value

    def close(self) -> None:
        """Let go of the connection. Twice is fine."""
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(media_type={self.media_type!r}, length={self.length})"
