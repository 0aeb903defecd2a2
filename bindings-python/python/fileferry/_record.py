"""Values: small immutable objects with named parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typing_extensions import Self

_set = object.__setattr__


class Record:
    """A value: its parts are its slots, it cannot be changed, and it compares by what it holds.

    It can be hashed where all of its parts can.
    """

    __slots__ = ()

    _secret: ClassVar[frozenset[str]] = frozenset()
    """Names of parts that are never shown."""

    def _fill(self, values: Iterable[object]) -> None:
        for name, value in zip(self.__slots__, values, strict=True):
            _set(self, name, value)

    def _assign(self, **values: object) -> None:
        for name, value in values.items():
            _set(self, name, value)

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def _parts(self) -> tuple[object, ...]:
        """All that equal ones have in common."""
        return self._values()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Record)
        return self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._shown())})"

    def _shown(self) -> Iterator[str]:
        for name, value in zip(self.__slots__, self._values(), strict=True):
            if value is not None:
                yield f"{name}=<secret>" if name in self._secret else f"{name}={value!r}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self._values())

    @classmethod
    def _restored(cls, values: tuple[object, ...]) -> Self:
        self = cls.__new__(cls)
        self._fill(values)
        return self


def _restore(cls: type[Record], values: tuple[object, ...]) -> Record:
    """Undo pickling."""
    return cls._restored(values)
