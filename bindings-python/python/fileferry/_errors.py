"""The one error of the library, and what it holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from fileferry._record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Captcha(Record):
    """A captcha that the service asks for; it names as much of it as the answer held."""

    __slots__ = ("challenge", "kind", "url")

    kind: str | None
    """`image` or `page`."""
    challenge: str | None
    """Its id for the service."""
    url: str | None
    """Where a person sees it."""

    def __init__(self, *, kind: str | None = None, challenge: str | None = None, url: str | None = None) -> None:
        self._assign(kind=kind, challenge=challenge, url=url)


class SubError(Record):
    """A single failure that the server listed."""

    __slots__ = ("code", "message", "wait")

    code: str | None
    """As the server sent it, as text."""
    message: str | None
    """As the server sent it."""
    wait: float | None
    """How long to wait, in seconds."""

    def __init__(self, *, code: str | None = None, message: str | None = None, wait: float | None = None) -> None:
        self._assign(code=code, message=message, wait=wait)


class ItemResult(Record):
    """What became of one item of a call on many."""

    __slots__ = ("code", "id", "index", "message", "ok")

    id: str | None
    """Its id."""
    index: int
    """Its place in what the caller gave."""
    ok: bool
    """Whether it was done."""
    code: str | None
    """The server's code."""
    message: str | None
    """The server's text."""

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002
        index: int = 0,
        ok: bool = False,
        code: str | None = None,
        message: str | None = None,
    ) -> None:
        self._assign(id=id, index=index, ok=ok, code=code, message=message)


class ErrorDetails(Record):
    """What an error's answer held beside code and text."""

    __slots__ = ("captcha", "items", "json_path", "sub_errors")

    captcha: Captcha | None
    """The captcha to solve."""
    sub_errors: tuple[SubError, ...]
    """Single failures that the server listed."""
    items: tuple[ItemResult, ...]
    """What became of each item of a call on many."""
    json_path: str | None
    """Where an answer could not be read: `$.files[3].id`."""

    def __init__(
        self,
        *,
        captcha: Captcha | None = None,
        sub_errors: Sequence[SubError] = (),
        items: Sequence[ItemResult] = (),
        json_path: str | None = None,
    ) -> None:
        self._assign(captcha=captcha, sub_errors=tuple(sub_errors), items=tuple(items), json_path=json_path)


class FileFerryError(Exception):
    """Something went wrong. Each kind of error has a class below this one."""

    kind: str = "unknown"
    """What the caller can do next: the name of the kind."""

    _by_kind: ClassVar[dict[str, type[FileFerryError]]] = {}

    def __init__(
        self,
        message: str = "",
        *,
        kind: str | None = None,
        service: str | None = None,
        operation: str | None = None,
        service_code: str | None = None,
        name: str | None = None,
        http_status: int | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
        attempts: int = 0,
        details: ErrorDetails | None = None,
        causes: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        if kind is not None:
            self.kind = kind
        self.message = message
        """For a person."""
        self.service = service
        """The service, where one was involved."""
        self.operation = operation
        """Id of the operation."""
        self.service_code = service_code
        """Exactly what the server sent, as text."""
        self.name = name
        """A precise name: `file_not_found`."""
        self.http_status = http_status
        """HTTP status of the answer."""
        self.retryable = retryable
        """Whether the same call may succeed later with nothing changed by the caller."""
        self.retry_after = retry_after
        """How long to wait before that, in seconds."""
        self.attempts = attempts
        """How many requests the call made."""
        self.details: ErrorDetails = details if details is not None else ErrorDetails()
        """What else the answer held."""
        self.causes: tuple[str, ...] = tuple(causes)
        """Texts of the causes, outermost first."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        # A program's own subclass has the kind of its base and does not take its place.
        if "kind" in vars(cls):
            FileFerryError._by_kind.setdefault(cls.kind, cls)

    def __str__(self) -> str:
        return ": ".join((self.message, *self.causes))

    def to_dict(self) -> dict[str, Any]:
        """Give all fields as plain data: the record that is the same in every language."""
        captcha = self.details.captcha
        return {
            "kind": self.kind,
            "service": self.service,
            "operation": self.operation,
            "service_code": self.service_code,
            "name": self.name,
            "http_status": self.http_status,
            "message": self.message,
            "retryable": self.retryable,
            "retry_after_ms": _milliseconds(self.retry_after),
            "attempts": self.attempts,
            "details": {
                "captcha": captcha and {"kind": captcha.kind, "challenge": captcha.challenge, "url": captcha.url},
                "sub_errors": [
                    {"code": error.code, "message": error.message, "wait_ms": _milliseconds(error.wait)}
                    for error in self.details.sub_errors
                ],
                "items": [
                    {"id": item.id, "index": item.index, "ok": item.ok, "code": item.code, "message": item.message}
                    for item in self.details.items
                ],
                "json_path": self.details.json_path,
            },
            "causes": list(self.causes),
        }

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.to_dict())


def from_json(text: str) -> FileFerryError:
    """Make the error of a record that the native library gave."""
    record = json.loads(text)
    return _restore(FileFerryError._by_kind.get(record["kind"], FileFerryError), record)


def _restore(cls: type[FileFerryError], record: Mapping[str, Any]) -> FileFerryError:
    # A program's own subclass may have another constructor; its fields are set all the same.
    error = cls.__new__(cls, record["message"])
    details = record["details"]
    FileFerryError.__init__(
        error,
        record["message"],
        kind=None if record["kind"] == cls.kind else record["kind"],
        service=record["service"],
        operation=record["operation"],
        service_code=record["service_code"],
        name=record["name"],
        http_status=record["http_status"],
        retryable=record["retryable"],
        retry_after=_seconds(record["retry_after_ms"]),
        attempts=record["attempts"],
        details=ErrorDetails(
            captcha=Captcha(**details["captcha"]) if details["captcha"] else None,
            sub_errors=[
                SubError(code=error["code"], message=error["message"], wait=_seconds(error["wait_ms"]))
                for error in details["sub_errors"]
            ],
            items=[ItemResult(**item) for item in details["items"]],
            json_path=details["json_path"],
        ),
        causes=record["causes"],
    )
    return error


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
