"""Types of arguments that all services share."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypedDict, final

from fileferry._record import Record

if TYPE_CHECKING:
    from fileferry._async_flow import AsyncCaptchaStep, AsyncConfirmStep
    from fileferry._flow import CaptchaStep, ConfirmStep
    from fileferry._generated.shared.models import Entry


@final
class Unset:
    """The type of `UNSET`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()
"""Leaves a parameter out where None is a value that would be sent."""


class CallOptions(TypedDict, total=False):
    """What a call takes beside its operation's own parameters."""

    deadline: float
    """Seconds for the whole call with its retries."""
    max_attempts: int
    """How often it is tried."""
    method: str
    """One of the HTTP methods that the service takes."""
    version: str
    """One of the versions that the service takes."""
    address: str
    """One of the further addresses that the service documents."""
    extra: Mapping[str, Any]
    """Further parameters, for a service that is newer than this library."""
    on_response: Callable[[int, dict[str, str]], object]
    """Hears status and headers of the last response, secrets removed."""


class BinaryFile(Protocol):
    """An open file of known length, in binary mode."""

    def read(self, size: int, /) -> bytes:
        """Give the next bytes, none at the end."""
        ...


class Progress(Record):
    """How far a transfer has come."""

    __slots__ = ("attempt", "bytes_done", "bytes_on_wire", "bytes_total", "fraction", "phase", "speed")

    phase: str
    """`preparing`, `hashing`, `transferring`, `finishing` or `done`."""
    bytes_done: int
    """Bytes of the file that are done; it goes down when an attempt starts over."""
    bytes_total: int | None
    """Bytes of the file, where known."""
    fraction: float | None
    """How much is done, from 0 to 1, where that is known: also where only the service knows the bytes."""
    bytes_on_wire: int
    """Bytes sent or received in all attempts."""
    attempt: int
    """Number of the attempt, from 1."""
    speed: float
    """Bytes a second over the last seconds."""

    def __init__(
        self,
        phase: str,
        bytes_done: int,
        bytes_total: int | None,
        fraction: float | None,
        bytes_on_wire: int,
        attempt: int,
        speed: float,
    ) -> None:
        self._assign(
            phase=phase,
            bytes_done=bytes_done,
            bytes_total=bytes_total,
            fraction=fraction,
            bytes_on_wire=bytes_on_wire,
            attempt=attempt,
            speed=speed,
        )


class FolderProgress(Record):
    """How far the upload of a folder has come."""

    __slots__ = (
        "bytes_done",
        "bytes_on_wire",
        "bytes_total",
        "files_done",
        "files_failed",
        "files_total",
        "speed",
    )

    files_done: int
    """Files that are there."""
    files_failed: int
    """Files that failed."""
    files_total: int
    """Files in all; 0 while they are being counted."""
    bytes_done: int
    """Bytes of all files that are done; it goes down when an attempt starts over or a file fails."""
    bytes_total: int
    """Bytes of all files."""
    bytes_on_wire: int
    """Bytes sent in all attempts."""
    speed: float
    """Bytes a second over the last seconds."""

    def __init__(
        self,
        files_done: int,
        files_failed: int,
        files_total: int,
        bytes_done: int,
        bytes_total: int,
        bytes_on_wire: int,
        speed: float,
    ) -> None:
        self._assign(
            files_done=files_done,
            files_failed=files_failed,
            files_total=files_total,
            bytes_done=bytes_done,
            bytes_total=bytes_total,
            bytes_on_wire=bytes_on_wire,
            speed=speed,
        )


Extra: TypeAlias = Mapping[str, Any]
"""Members that this version does not know, as plain data."""

StrPath: TypeAlias = "str | os.PathLike[str]"
"""A path on the disk."""

Source: TypeAlias = "StrPath | bytes | bytearray | memoryview | BinaryFile"
"""What can be uploaded: a path, bytes, or an open binary file of known length."""

Target: TypeAlias = "Entry | str"
"""A file or folder of a service: an entry, a path (it begins with `/`; `/` is the root) or a bare id."""

OnProgress: TypeAlias = Callable[[Progress], object]
"""Hears of progress. What it raises ends the transfer."""

OnFolderProgress: TypeAlias = Callable[[FolderProgress], object]
"""Hears of the progress of a folder's upload. What it raises ends it."""

OnSession: TypeAlias = Callable[[str], object]
"""Hears of a new session; keep it as you keep a password."""

OnCaptcha: TypeAlias = "Callable[[CaptchaStep], str]"
"""Solves a captcha; after a wrong answer it is asked again, three times at most.

A call that it makes itself and that needs this sign-in raises `CaptchaRequiredError`.
"""

OnConfirm: TypeAlias = "Callable[[ConfirmStep], str | None]"
"""Lets a person agree; may give the code that the page showed."""

AsyncOnCaptcha: TypeAlias = "Callable[[AsyncCaptchaStep], str | Awaitable[str]]"
"""Solves a captcha; after a wrong answer it is asked again, three times at most.

A call that it makes itself and that needs this sign-in raises `CaptchaRequiredError`.
"""

AsyncOnConfirm: TypeAlias = "Callable[[AsyncConfirmStep], str | Awaitable[str | None] | None]"
"""Lets a person agree; may give the code that the page showed."""
