"""What a caller sees: values with the types that Python gives them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, TypeAlias, cast

from declared import (
    BOOL,
    BYTES,
    DECIMAL,
    ENUM,
    INSTANT,
    INT,
    JSON,
    LOCAL_TIME,
    NOTHING,
    NUMBER,
    TEXT,
    Declared,
    Items,
    Leaf,
    Members,
    Model,
    Object,
    OneOf,
    Places,
    Types,
    Union,
)

Seen: TypeAlias = "dict[str, Any] | list[Any]"

NULL: Seen = {"type": "null", "value": None}


def seen(value: Any, declared: Declared, types: Types) -> Seen:
    """Look at a value; one that is not of its declared type is an error of the package."""
    if value is None:
        return NULL
    match declared:
        case Leaf():
            return _leaf(value, declared)
        case Items(item):
            return [seen(each, item, types) for each in expect(value, list)]
        case Members(item):
            return {key: seen(each, item, types) for key, each in expect(value, dict).items()}
        case Places(places):
            return [seen(each, place, types) for each, place in zip(expect(value, tuple), places, strict=True)]
        case Object(name):
            return _model(value, name, types)
        case OneOf(name):
            return _variant(value, name, types)


def text(value: str | None) -> Seen:
    """Look at a text that may be missing."""
    return NULL if value is None else _leaf(value, TEXT)


def content(data: bytes) -> Seen:
    """Look at bytes."""
    return {"type": "bytes", "value": {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()}}


def stream(media_type: str | None, length: int | None, data: bytes) -> Seen:
    """Look at a stream that was read."""
    return {
        "media_type": text(media_type),
        "length": NULL if length is None else _leaf(length, INT),
        "body": content(data),
    }


def expect(value: Any, kind: type[Any]) -> Any:
    """Check the class of a value."""
    # A bool is an int for Python, but not for us.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"a {kind.__name__} came as {type(value).__name__}")
    return value


def _model(value: Any, name: str, types: Types) -> Seen:
    model = types[name]
    assert isinstance(model, Model)
    expect(value, model.type)
    members = {key: seen(getattr(value, field.name), field.declared, types) for key, field in model.fields.items()}
    if value.extra:
        members["$extra"] = {"type": "json", "value": dict(value.extra)}
    return members


def _variant(value: Any, name: str, types: Types) -> Seen:
    union = types[name]
    assert isinstance(union, Union)
    for variant, (kind, declared) in union.variants.items():
        if isinstance(value, kind):
            inner = {} if declared == NOTHING else cast("dict[str, Any]", seen(value.value, declared, types))
            return {"$variant": text(variant), **inner}
    raise TypeError(f"a {name} came as {type(value).__name__}")


def _leaf(value: Any, declared: Leaf) -> Seen:
    if declared == BYTES:
        return content(expect(value, bytes))
    if declared == JSON:
        return {"type": "json", "value": value}
    kinds = {BOOL: bool, INT: int, NUMBER: float, DECIMAL: Decimal, TEXT: str, ENUM: str}
    if declared in kinds:
        expect(value, kinds[declared])
        return {"type": declared.name, "value": str(value) if declared == DECIMAL else value}
    time: datetime = expect(value, datetime)
    if (time.tzinfo is None) != (declared == LOCAL_TIME) or declared not in (LOCAL_TIME, INSTANT):
        raise TypeError(f"a time of the type {declared.name} came as {value!r}")
    shown = time if time.tzinfo is None else time.astimezone(timezone.utc).replace(tzinfo=None)
    return {"type": declared.name, "value": shown.isoformat() + ("" if time.tzinfo is None else "Z")}
