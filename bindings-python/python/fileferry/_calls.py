"""From Python's arguments to the native library's, and what is done with every reply."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast
from weakref import WeakSet

from fileferry import _native
from fileferry._generated import VERSION
from fileferry._generated.errors import InvalidArgumentError
from fileferry._model import to_json
from fileferry._types import UNSET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fileferry._generated.shared.models import Entry
    from fileferry._types import CallOptions, OnSession, StrPath, Target

E = TypeVar("E")

Tell: TypeAlias = "Callable[..., None]"
"""Hears of progress in its parts, as the native library tells it."""

_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
_CALL_OPTIONS: Final = frozenset({"max_attempts", "method", "version", "address", "extra"})
_IN_SECONDS: Final = frozenset(
    {
        "connect_timeout",
        "idle_timeout",
        "upload_idle_timeout",
        "deadline",
        "backoff",
        "backoff_max",
        "retry_after_cap",
        "free_wait_margin",
        "poll_interval",
    }
)

NEEDS: Final = 3
"""How often a call is made again after the program's help: to sign in, for a free download, for a lapsed ticket."""

_clients: Final[WeakSet[_native.Client]] = WeakSet()

logging.getLogger("fileferry").addHandler(logging.NullHandler())


def make_native(service: str, options: Mapping[str, object], shapes: _native.Shapes) -> _native.Client:
    """Make a client of the native library; a forked child goes on with its session."""
    from fileferry._generated.shared.models import SHAPES

    client = _native.Client(service, encode_client_options(options), shapes, SHAPES, log)
    _clients.add(client)
    return client


def _before_fork() -> None:
    for client in list(_clients):
        client.before_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork)


def encode_arguments(arguments: Mapping[str, object], nullable: Mapping[str, object] | None = None) -> str:
    """Write an operation's arguments; None leaves one out, but is sent as null where null is a value."""
    given = {name: value for name, value in arguments.items() if value is not None}
    if nullable:
        given.update((name, value) for name, value in nullable.items() if value is not UNSET)
    return to_json(given)


def encode_call_options(options: CallOptions | None, *, idempotent: bool = False) -> str:
    """Write the options of a call; only one that is not described has to say that it may be repeated.

    It begins here: what it needs and every time that it is made are within one deadline.
    """
    given: dict[str, object] = {"begun_ms": _native.clock_ms()}
    if idempotent:
        given["idempotent"] = True
    for name, value in (options or {}).items():
        if value is None or name == "on_response":
            continue
        if name == "deadline":
            given["deadline_ms"] = _milliseconds(name, value)
        elif name in _CALL_OPTIONS:
            given[name] = value
        else:
            raise InvalidArgumentError(f"a call has no option {name}")
    return to_json(given)


def encode_client_options(options: Mapping[str, object]) -> str:
    """Write the options of a client; None leaves one out."""
    given: dict[str, object] = {"agent": f"fileferry/{VERSION} python"}
    for name, value in options.items():
        if value is None:
            continue
        if name in _IN_SECONDS:
            given[f"{name}_ms"] = _milliseconds(name, value)
        else:
            given[name] = os.fsdecode(cast("os.PathLike[str]", value)) if isinstance(value, os.PathLike) else value
    return to_json(given)


def identify(target: Target | None) -> object:
    """Give what stands for a file or folder: a path or id, or of an entry what tells which one it is.

    The engine sees by its service that an entry belongs elsewhere.
    """
    if target is None or isinstance(target, str):
        return target
    parts = {name: getattr(target, name, None) for name in ("id", "path", "is_folder", "service")}
    if parts["id"] is None and parts["path"] is None:
        raise InvalidArgumentError(f"a {type(target).__name__} without an id stands for no file or folder")
    return {name: part for name, part in parts.items() if part is not None}


def identity(target: Entry | str) -> str:
    """Give the id that stands for a file."""
    name = target if isinstance(target, str) else getattr(target, "id", None)
    if name is None:
        raise InvalidArgumentError(f"a {type(target).__name__} without an id stands for no file")
    return name


def path_text(path: StrPath) -> str:
    """Give a path as text."""
    try:
        return os.fsdecode(path)
    except TypeError:
        raise InvalidArgumentError(f"a {type(path).__name__} is no path") from None


def teller(event: Callable[..., E], on_progress: Callable[[E], object] | None) -> Tell | None:
    """Give what makes an event of the parts and tells the program."""
    if on_progress is None:
        return None

    def tell(*parts: Any) -> None:
        on_progress(event(*parts))

    return tell


def tell_session(client: _native.Client, on_session: OnSession | None) -> None:
    """Tell the program of a new session, whichever call has made it."""
    session = client.take_session()
    if session is not None and on_session is not None:
        on_session(session)


def tell_response(reply: _native.Reply, options: CallOptions | None) -> None:
    """Tell the program of status and headers that came beside a result."""
    on_response = options.get("on_response") if options else None
    if on_response is not None and reply.response is not None:
        status, headers = reply.response
        on_response(status, _joined(headers))


def result(reply: _native.Reply) -> Any:
    """Give the result or raise the error."""
    if reply.error is not None:
        raise reply.error
    return reply.value


def log(level: str, service: str, operation: str | None, message: str) -> None:
    """Write a line of a client's log."""
    logger = logging.getLogger(f"fileferry.{service}")
    logger.log(_LEVELS.get(level, logging.INFO), message, extra={"operation": operation})


def _joined(headers: list[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _milliseconds(name: str, seconds: object) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < 1e12:
        raise InvalidArgumentError(f"{name} is a number of seconds, not {seconds!r}")
    return round(seconds * 1000)
