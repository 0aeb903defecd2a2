"""Making calls and waiting for them in the calling thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from fileferry import _native
from fileferry._calls import encode_arguments, encode_call_options, encode_client_options, log, pass_on, path_text
from fileferry._flow import SignIn
from fileferry._pages import Pages
from fileferry._source import FileSource, open_source
from fileferry._stream import ByteStream
from fileferry._types import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fileferry._types import CallOptions, OnCaptcha, OnConfirm, OnProgress, OnSession, Source, StrPath


class Caller:
    """Makes the calls of one client. Groups of operations share it; they do not know their client."""

    __slots__ = ("_lock", "_on_captcha", "_on_confirm", "_on_session", "_sign_ins", "native")

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
        from fileferry._generated.shared.models import SHAPES

        self.native: _native.Client = _native.Client(service, encode_client_options(options), shapes, SHAPES, log)
        self._on_session = on_session
        self._on_captcha = on_captcha
        self._on_confirm = on_confirm
        self._lock = threading.Lock()
        self._sign_ins = 0

    def call(
        self,
        operation: str,
        arguments: Mapping[str, object],
        nullable: Mapping[str, object] | None,
        options: CallOptions | None,
    ) -> Any:
        """Call an operation. None leaves an argument out, but is sent where it is `nullable`."""
        given, encoded = encode_arguments(arguments, nullable), encode_call_options(options)
        return self.settled(lambda: self.native.call(operation, given, encoded), options)

    def pages(
        self,
        operation: str,
        arguments: Mapping[str, object],
        nullable: Mapping[str, object] | None,
        options: CallOptions | None,
    ) -> Pages[Any]:
        """Walk an operation page by page."""
        pages = self.native.pages(operation, encode_arguments(arguments, nullable), encode_call_options(options))
        return Pages(self, pages, options)

    def request(self, method: str, path: str, params: Mapping[str, object] | None, options: CallOptions | None) -> Any:
        """Send a request that no operation describes."""
        given, encoded = encode_arguments({}, params), encode_call_options(options)
        return self.settled(lambda: self.native.request(method, path, given, encoded), options)

    def upload(
        self,
        source: Source,
        arguments: Mapping[str, object],
        on_progress: OnProgress | None,
        options: CallOptions | None,
    ) -> Any:
        """Upload a file."""
        opened = open_source(source)
        if isinstance(opened, FileSource) and opened.name is not None:
            arguments = {**arguments, "name": arguments.get("name") or opened.name}
        given, encoded = encode_arguments(arguments), encode_call_options(options)
        tell = _teller(on_progress)

        def send() -> _native.Reply:
            native = _native.Reader(opened.read, opened.length) if isinstance(opened, FileSource) else opened
            return self.native.upload(native, given, encoded, tell)

        return self.settled(send, options)

    def download(
        self,
        to: StrPath,
        overwrite: bool,  # noqa: FBT001
        arguments: Mapping[str, object],
        on_progress: OnProgress | None,
        options: CallOptions | None,
    ) -> Any:
        """Download a file to the disk."""
        path, tell = path_text(to), _teller(on_progress)
        given, encoded = encode_arguments(arguments), encode_call_options(options)
        return self.settled(lambda: self.native.download(path, overwrite, given, encoded, tell), options)

    def open(self, arguments: Mapping[str, object], options: CallOptions | None) -> ByteStream:
        """Open a file of the service as a stream."""
        given, encoded = encode_arguments(arguments), encode_call_options(options)
        return self.settled(lambda: self.native.open(given, encoded), options)

    def sign_in(self) -> SignIn:
        """Begin to sign in."""
        flow = SignIn(self.native.sign_in(), self._on_session)
        flow.run(self._on_captcha, self._on_confirm)
        return flow

    def settled(self, send: Callable[[], _native.Reply], options: CallOptions | None) -> Any:
        """Send, sign in with the program's help where that is asked for, and give the result."""
        seen = self._sign_ins
        reply = send()
        if reply.sign_in_needed and (self._on_captcha or self._on_confirm):
            self._sign_in_once(seen)
            reply = send()
        value = pass_on(reply, options, self._on_session)
        return ByteStream(value) if isinstance(value, _native.Stream) else value

    def _sign_in_once(self, seen: int) -> None:
        """Sign in, unless another thread did so since this one looked: a person is asked once."""
        with self._lock:
            if seen == self._sign_ins:
                self.sign_in()
                self._sign_ins += 1

    def verb(
        self,
        name: str,
        arguments: Mapping[str, object],
        on_progress: OnProgress | None = None,
        options: CallOptions | None = None,
    ) -> Any:
        """Do one of the verbs that all services share."""
        given, encoded, tell = encode_arguments(arguments), encode_call_options(options), _teller(on_progress)
        return self.settled(lambda: self.native.verb(name, given, encoded, tell), options)


def _teller(on_progress: OnProgress | None) -> Callable[..., None] | None:
    if on_progress is None:
        return None

    def tell(*progress: Any) -> None:
        on_progress(Progress(*progress))

    return tell
