"""What the generated clients for asyncio are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fileferry._async_caller import AsyncCaller
from fileferry._async_verbs import AsyncVerbs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from typing_extensions import Self

    from fileferry import _native
    from fileferry._async_flow import AsyncSignIn
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
        self, method: str, path: str, params: Mapping[str, Any] | None = None, *, options: CallOptions | None = None
    ) -> Any:
        """Send a request that no operation describes, with the same sign-in and errors; gives plain data.

        It is not repeated: nobody knows whether that would do harm.

        Args:
            method: HTTP method.
            path: Path below the base address.
            params: Parameters; they go where the service's own go.
            options: What the call takes beside them.
        """
        return await self._caller.request(method, path, params, options)

    async def sign_in(self) -> AsyncSignIn:
        """Begin to sign in; with `on_captcha` and `on_confirm` it runs through by itself."""
        return await self._caller.sign_in()

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
