"""What the generated clients for asyncio are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fileferry._async_caller import AsyncCaller
from fileferry._async_verbs import AsyncVerbs
from fileferry._calls import identity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from typing_extensions import Self

    from fileferry import _native
    from fileferry._async_flow import AsyncFlow
    from fileferry._generated.shared.models import Entry
    from fileferry._types import AsyncOnCaptcha, AsyncOnConfirm, CallOptions, OnSession


class AsyncClient(AsyncVerbs):
    """A client of one service for asyncio; use it in an `async with` statement, or close it."""

    def __init__(
        self,
        service: str,
        shapes: _native.Shapes,
        options: Mapping[str, object],
        *,
        on_session: OnSession | None,
        on_captcha: AsyncOnCaptcha | None,
        on_confirm: AsyncOnConfirm | None,
    ) -> None:
        self._caller = AsyncCaller(
            service, shapes, options, on_session=on_session, on_captcha=on_captcha, on_confirm=on_confirm
        )

    @property
    def base_url(self) -> str:
        """The address of the service's API."""
        return self._caller.native.base_url

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._caller.native.closed

    async def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        idempotent: bool = False,
        options: CallOptions | None = None,
    ) -> Any:
        """Send a request that no operation describes, with the same sign-in and errors; gives plain data.

        It is not repeated unless you say that this does no harm.

        Args:
            method: HTTP method.
            path: Path below the base address.
            params: Parameters; they go where the service's own go.
            idempotent: Whether sending it twice does no harm.
            options: What the call takes beside them.
        """
        return await self._caller.request(method, path, params, idempotent, options)

    async def sign_in(self) -> AsyncFlow:
        """Begin to sign in; with `on_captcha` and `on_confirm` it runs through by itself."""
        return await self._caller.sign_in()

    async def free_download(self, target: Entry | str) -> AsyncFlow:
        """Begin what leads to a download without premium: a captcha, and a wait.

        With `on_captcha` it runs through by itself, and `download()` does so, too. Once it is done, `download()` of the
        same file goes through.

        Args:
            target: An entry, the id or the link of a file.
        """
        return await self._caller.free_download(identity(target))

    def export_session(self) -> str | None:
        """Give the session, with which a client of the next process need not sign in. It holds a secret."""
        return self._caller.native.export_session()

    async def close(self) -> None:
        """End all calls and free the sockets. Twice is fine."""
        self._caller.native.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"
