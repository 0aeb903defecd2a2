"""From the values of a case to what a program in Python would write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from declared import DECIMAL, INSTANT, LOCAL_TIME, Declared, Field, Items, Members, Model, Object, Places, Types


def keywords(given: Mapping[str, Any], fields: Mapping[str, Field], types: Types) -> dict[str, Any]:
    """Give the arguments of a call by the package's own names and types."""
    arguments: dict[str, Any] = {}
    for name, value in given.items():
        field = fields.get(name)
        if field is None:
            arguments[name] = value
        else:
            arguments[field.name] = argument(value, field.declared, types)
    return arguments


def argument(value: Any, declared: Declared, types: Types) -> Any:
    """Give a value by the package's own types. Cases give wrong types too; those stay what they are."""
    if isinstance(value, str):
        return _scalar(value, declared)
    if isinstance(value, list):
        items = cast("list[Any]", value)
        if isinstance(declared, Items):
            return [argument(item, declared.item, types) for item in items]
        if isinstance(declared, Places):
            return tuple(argument(item, place, types) for item, place in zip(items, declared.places, strict=True))
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        if isinstance(declared, Members):
            return {key: argument(item, declared.item, types) for key, item in members.items()}
        if isinstance(declared, Object):
            model = types[declared.model]
            assert isinstance(model, Model)
            return model.type(**keywords(members, model.fields, types))
    return cast("Any", value)


def _scalar(text: str, declared: Declared) -> Any:
    if declared == DECIMAL:
        return Decimal(text)
    if declared in (INSTANT, LOCAL_TIME):
        # Python 3.10 knows no Z.
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    return text
