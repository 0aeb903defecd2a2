"""One way to write a test for both sorts of clients: what can be awaited is awaited."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import AsyncIterable, Callable, Iterable
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

OpenClient: TypeAlias = Callable[..., Any]


def pickled(value: T) -> T:
    """Pickle and unpickle a value."""
    return pickle.loads(pickle.dumps(value))


async def settled(value: Any) -> Any:
    """Await what the clients for asyncio give."""
    return await value if inspect.isawaitable(value) else value


async def collected(items: Iterable[T] | AsyncIterable[T]) -> list[T]:
    """Walk to the end."""
    return [item async for item in items] if isinstance(items, AsyncIterable) else list(items)
