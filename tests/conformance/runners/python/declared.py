"""What the package gives and takes, as its description says it: the words of the generated tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = [
    "BOOL",
    "BYTES",
    "DECIMAL",
    "ENUM",
    "INSTANT",
    "INT",
    "JSON",
    "LOCAL_TIME",
    "NOTHING",
    "NUMBER",
    "SOURCE",
    "TEXT",
    "Declared",
    "Field",
    "Items",
    "Leaf",
    "Members",
    "Model",
    "Object",
    "OneOf",
    "Operation",
    "Places",
    "Service",
    "Shape",
    "Types",
    "Union",
]


@dataclass(frozen=True)
class Leaf:
    """A single value."""

    name: str


BOOL = Leaf("bool")
BYTES = Leaf("bytes")
DECIMAL = Leaf("decimal")
ENUM = Leaf("enum")
INSTANT = Leaf("instant")
INT = Leaf("int")
JSON = Leaf("json")
LOCAL_TIME = Leaf("local_time")
NOTHING = Leaf("null")
NUMBER = Leaf("number")
SOURCE = Leaf("source")
TEXT = Leaf("text")


@dataclass(frozen=True)
class Items:
    """A list."""

    item: Declared


@dataclass(frozen=True)
class Members:
    """A dictionary whose keys are data."""

    item: Declared


@dataclass(frozen=True)
class Places:
    """A tuple."""

    places: Sequence[Declared]


@dataclass(frozen=True)
class Object:
    """An instance of a model."""

    model: str


@dataclass(frozen=True)
class OneOf:
    """An instance of one of a union's classes."""

    union: str


Declared: TypeAlias = "Leaf | Items | Members | Places | Object | OneOf"


@dataclass(frozen=True)
class Field:
    """A field or argument: its name in Python, and what it holds."""

    name: str
    declared: Declared


@dataclass(frozen=True)
class Model:
    """A class with its fields by the service's names."""

    type: type
    fields: Mapping[str, Field]


@dataclass(frozen=True)
class Union:
    """The classes of several answers by their names."""

    variants: Mapping[str, tuple[type, Declared]]


Shape: TypeAlias = "Model | Union"
Types: TypeAlias = Mapping[str, Shape]


@dataclass(frozen=True)
class Operation:
    """A method of a group."""

    group: str
    method: str
    arguments: Mapping[str, Field]
    result: Declared
    iterator: str | None = None
    item: Declared | None = None


@dataclass(frozen=True)
class Service:
    """All that a program can call."""

    client: Any
    async_client: Any
    credentials: Mapping[str, Field]
    upload: Mapping[str, Field]
    download: Mapping[str, Field]
    operations: Mapping[str, Operation]
    types: Types
