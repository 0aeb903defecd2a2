"""What needs no class of a service: clients by the service's name, and links of whatever service."""

from __future__ import annotations

from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

from fileferry import _native
from fileferry._generated.errors import InvalidArgumentError
from fileferry._generated.exports import MODULES

if TYPE_CHECKING:
    from fileferry._async_client import AsyncClient
    from fileferry._client import Client
    from fileferry._generated.shared.models import ParsedLink


def open(service: str, **options: Any) -> Client:  # noqa: A001 - As in `gzip.open`: it is called with the package's name.
    """Make a client by the name of its service.

        with fileferry.open("keep2share", access_token="…") as client:
            for entry in client.list("/"):
                print(entry.name)

    A service or an option that there is not is `InvalidArgumentError`.

    Args:
        service: The service's name, such as `keep2share`.
        options: What the service's own client takes.
    """
    return _made(service, "client", options)


def open_async(service: str, **options: Any) -> AsyncClient:
    """Make a client for asyncio by the name of its service: what `open` is for threads.

        async with fileferry.open_async("keep2share", access_token="…") as client:
            async for entry in client.list("/"):
                print(entry.name)

    Args:
        service: The service's name, such as `keep2share`.
        options: What the service's own client takes.
    """
    return _made(service, "async_client", options)


def parse_link(url: str) -> ParsedLink | None:
    """Tell what the address of a page says, of whatever service; None where it is no page that this library knows.

    Nothing is sent.

    Args:
        url: The address.
    """
    from fileferry._generated.shared.models import SHAPES

    if not isinstance(url, str):  # pyright: ignore[reportUnnecessaryIsInstance] - Not every program is type-checked.
        raise InvalidArgumentError(f"an address is a text, not a {type(url).__name__}")
    return _native.parse_link(SHAPES, url)


def _made(service: str, module: str, options: dict[str, Any]) -> Any:
    module = f"fileferry._generated.{service}.{module}"
    name = next((name for name, where in MODULES.items() if where == module), None)
    if name is None:
        raise InvalidArgumentError(f"there is no service {service!r}")
    client = getattr(import_module(module), name)
    known = signature(client).parameters
    for option in options:
        if option not in known:
            raise InvalidArgumentError(f"a client of {service} has no option {option}")
    return client(**options)
