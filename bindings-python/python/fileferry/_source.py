"""What can be uploaded."""

from __future__ import annotations

import io
import os
import stat
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from fileferry._generated.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fileferry._types import Source


CHUNK = 256 * 1024
"""Bytes that an event loop asks of a file at once."""


class FileSource(NamedTuple):
    """An open file."""

    read: Callable[[int], bytes]
    """Gives the next bytes, none at the end."""
    length: int
    """Bytes that are left in it."""
    name: str | None
    """Its name on the disk, where it has one."""


def open_source(source: Source) -> str | bytes | FileSource:
    """Tell what a source is: a path, bytes, or an open file."""
    if isinstance(source, (str, os.PathLike)):
        return os.fsdecode(source)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    if isinstance(source, io.TextIOBase):
        raise InvalidArgumentError("the file to upload is open as text: open it in binary mode")
    if not callable(getattr(source, "read", None)):
        raise InvalidArgumentError(f"a {type(source).__name__} cannot be uploaded: give a path, bytes or a binary file")
    return FileSource(_checked(source.read), _remaining(source), _name(source))


def _checked(read: Callable[[int], object]) -> Callable[[int], bytes]:
    def checked(size: int) -> bytes:
        chunk = read(size)
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            raise InvalidArgumentError(f"the file to upload gave a {type(chunk).__name__} instead of bytes")
        return bytes(cast("bytes", chunk))

    return checked


def _remaining(file: Any) -> int:
    try:
        position = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(position)
    except (AttributeError, OSError):
        return _size_on_disk(file)
    return max(end - position, 0)


def _size_on_disk(file: Any) -> int:
    try:
        status = os.fstat(file.fileno())
    except (AttributeError, OSError):
        status = None
    if status is None or not stat.S_ISREG(status.st_mode):
        raise InvalidArgumentError("the length of the file to upload is not known: give a path or bytes")
    return status.st_size


def _name(file: Any) -> str | None:
    # A file made from a descriptor has a number for a name.
    name = cast("object", getattr(file, "name", None))
    return os.path.basename(name) if isinstance(name, str) else None
