"""What the generated models are made of, and how values become plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, cast

from fileferry._generated.errors import InvalidArgumentError
from fileferry._native import Shapes
from fileferry._record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from typing_extensions import Self

_set = object.__setattr__


class Model(Record):
    """An object of a service: what an answer holds, or what a call takes."""

    __slots__ = ("_extra",)

    _shapes: ClassVar[Shapes]
    _index: ClassVar[int]
    _keys: ClassVar[tuple[str, ...]]
    """The service's own names of the fields, in the order of the slots."""

    if TYPE_CHECKING:
        _extra: str | Mapping[str, Any] | None

    def _fill_model(self, values: Sequence[object], extra: Mapping[str, Any] | None) -> None:
        self._fill(values)
        _set(self, "_extra", extra)

    @property
    def extra(self) -> Mapping[str, Any]:
        """Members of the service's answer that this version does not know."""
        # They arrive as text: mostly nobody looks at them.
        if isinstance(self._extra, str):
            _set(self, "_extra", json.loads(self._extra))
        extra = self._extra
        return extra if extra is not None and not isinstance(extra, str) else {}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, by the service's own names; what is None is left out. It holds secrets in the clear."""
        fields = zip(self._keys, self._values(), strict=True)
        data = {key: plain(value) for key, value in fields if value is not None}
        if self.extra:
            # A service may have a field of that name.
            data["_extra" if "extra" in self._keys else "extra"] = plain(self.extra)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Undo `to_dict`; `InvalidArgumentError` where it does not fit."""
        return cls.from_json(to_json(data))

    def to_json(self) -> str:
        """JSON text, by the service's own names. It holds secrets in the clear."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Undo `to_json`; `InvalidArgumentError` where it does not fit."""
        return cls._shapes.model(cls._index, text)

    def _parts(self) -> tuple[object, ...]:
        return (*self._values(), self.extra)

    def _shown(self) -> Iterator[str]:
        yield from super()._shown()
        if self.extra:
            # A new member may be a secret one.
            yield f"extra=<{', '.join(self.extra)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self._values(), self._extra)


class Variant(Model):
    """One of several answers: a class of its own for each."""

    __slots__ = ()

    _variant: ClassVar[str]
    """The answer's name."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: the answer's name with its value. It holds secrets in the clear."""
        (value,) = self._values() or (None,)
        return {self._variant: plain(value)}

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Undo `to_json`; `InvalidArgumentError` where it does not fit, or is another answer."""
        value = cls._shapes.variant(cls._index, text)
        if not isinstance(value, cls):
            raise InvalidArgumentError(f"the text is a {type(value).__name__}, not a {cls.__name__}")
        return value


def bind(service: str, models: Sequence[type[Model]], unions: Sequence[Sequence[type[Variant]]]) -> Shapes:
    """Show the native library the classes of a service, in the order of its tables."""
    shapes = Shapes(service, Model, models, unions)
    for index, model in enumerate(models):
        model._shapes, model._index = shapes, index
    for index, variants in enumerate(unions):
        for variant in variants:
            variant._shapes, variant._index = shapes, index
    return shapes


def plain(value: object) -> Any:
    """Turn a value of the surface into plain data for JSON."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in cast("Sequence[object]", value)]
    raise InvalidArgumentError(f"a {type(value).__name__} cannot be sent")


def time_text(time: datetime) -> str:
    """Write a time in ISO 8601: with a Z where its zone is known, as it stands where it is naive."""
    if time.tzinfo is None:
        return time.isoformat()
    return time.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"


def to_json(value: object) -> str:
    """Write arguments as JSON for the native library."""
    try:
        return json.dumps(value, default=plain, allow_nan=False)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InvalidArgumentError(f"an argument cannot be written as JSON: {error}") from None


def _restore(cls: type[Model], values: tuple[object, ...], extra: str | Mapping[str, Any] | None) -> Model:
    """Undo pickling."""
    self = cls._restored(values)
    _set(self, "_extra", extra)
    return self
