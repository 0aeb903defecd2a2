"""What the generated clients are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fileferry._caller import Caller
from fileferry._calls import identity
from fileferry._verbs import Verbs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from typing_extensions import Self

    from fileferry import _native
    from fileferry._flow import Flow
    from fileferry._generated.shared.models import Entry
    from fileferry._types import CallOptions, OnCaptcha, OnConfirm, OnSession


class Client(Verbs):
    """A client of one service. It can be shared between threads; use it in a `with` statement, or close it."""

    def __init__(
        self,
        service: str,
        shapes: _native.Shapes,
        options: Mapping[str, object],
        *,
        on_session: OnSession | None,
        on_captcha: OnCaptcha | None,
        on_confirm: OnConfirm | None,
    ) -> None:
        self._caller = Caller(
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

    def request(
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
        return self._caller.request(method, path, params, idempotent, options)

    def sign_in(self) -> Flow:
        """Begin to sign in; with `on_captcha` and `on_confirm` it runs through by itself."""
        return self._caller.sign_in()

    def free_download(self, target: Entry | str) -> Flow:
        """Begin what leads to a download without premium: a captcha, and a wait.

        With `on_captcha` it runs through by itself, and `download()` does so, too. Once it is done, `download()` of the
        same file goes through.

        Args:
            target: An entry, the id or the link of a file.
        """
        return self._caller.free_download(identity(target))

    def export_session(self) -> str | None:
        """Give the session, with which a client of the next process need not sign in. It holds a secret."""
        return self._caller.native.export_session()

    def close(self) -> None:
        """End all calls and free the sockets. Twice is fine."""
        self._caller.native.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"
