"""Making calls and waiting for them in the calling thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from fileferry import _native
from fileferry._asking import Asking, is_asking
from fileferry._calls import (
    NEEDS,
    encode_arguments,
    encode_call_options,
    make_native,
    path_text,
    result,
    tell_response,
    tell_session,
    teller,
)
from fileferry._flow import Flow
from fileferry._pages import Pages
from fileferry._source import FileSource, open_source
from fileferry._steps import DoneStep
from fileferry._stream import ByteStream
from fileferry._types import FolderProgress, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fileferry._types import (
        CallOptions,
        OnCaptcha,
        OnConfirm,
        OnFolderProgress,
        OnProgress,
        OnSession,
        Source,
        StrPath,
    )


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
        self.native: _native.Client = make_native(service, options, shapes)
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

    def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, object] | None,
        idempotent: bool,  # noqa: FBT001
        options: CallOptions | None,
    ) -> Any:
        """Send a request that no operation describes."""
        given, encoded = encode_arguments({}, params), encode_call_options(options, idempotent=idempotent)
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
        tell = teller(Progress, on_progress)

        def send() -> _native.Reply:
            native = _native.Reader(opened.read, opened.length) if isinstance(opened, FileSource) else opened
            return self.native.upload(native, given, encoded, tell)

        return self.settled(send, options)

    def upload_folder(
        self,
        path: StrPath,
        arguments: Mapping[str, object],
        on_progress: OnFolderProgress | None,
        options: CallOptions | None,
    ) -> Any:
        """Upload a folder with all that is in it."""
        text, tell = path_text(path), teller(FolderProgress, on_progress)
        given, encoded = encode_arguments(arguments), encode_call_options(options)
        return self.settled(lambda: self.native.upload_folder(text, given, encoded, tell), options)

    def download(
        self,
        to: StrPath,
        overwrite: bool,  # noqa: FBT001
        arguments: Mapping[str, object],
        on_progress: OnProgress | None,
        options: CallOptions | None,
    ) -> Any:
        """Download a file to the disk."""
        path, tell = path_text(to), teller(Progress, on_progress)
        given, encoded = encode_arguments(arguments), encode_call_options(options)
        return self.settled(lambda: self.native.download(path, overwrite, given, encoded, tell), options)

    def open(self, arguments: Mapping[str, object], options: CallOptions | None) -> ByteStream:
        """Open a file of the service as a stream."""
        given, encoded = encode_arguments(arguments), encode_call_options(options)
        return self.settled(lambda: self.native.open(given, encoded), options)

    def sign_in(self, call: str = "") -> Flow:
        """Begin to sign in, for the call with these options; run through the steps for which there is a handler."""
        return self._flow(self.native.sign_in(call))

    def free_download(self, target: str, call: str = "") -> Flow:
        """Begin what leads to a free download, as `sign_in` does."""
        return self._flow(self.native.free_download(target, call))

    def _flow(self, native: _native.Flow) -> Flow:
        flow = Flow(native, self.tell_session)
        if not is_asking(self):
            with Asking(self):
                flow.run(self._on_captcha, self._on_confirm)
        return flow

    def tell_session(self) -> None:
        """Tell the program of a new session."""
        tell_session(self.native, self._on_session)

    def settled(self, send: Callable[[], _native.Reply], options: CallOptions | None) -> Any:
        """Send, do with the program's help what is needed first, and give the result."""
        seen, call = self._sign_ins, encode_call_options(options) if self._can_ask() else ""
        reply = self._sent(send, options)
        for _ in range(NEEDS):
            if reply.needs is None or not self._can_ask() or not self._provide(reply.needs, call, seen):
                break
            seen = self._sign_ins
            reply = self._sent(send, options)
        value = result(reply)
        return ByteStream(value) if isinstance(value, _native.Stream) else value

    def _sent(self, send: Callable[[], _native.Reply], options: CallOptions | None) -> _native.Reply:
        reply = send()
        self.tell_session()
        tell_response(reply, options)
        return reply

    def _can_ask(self) -> bool:
        return (self._on_captcha is not None or self._on_confirm is not None) and not is_asking(self)

    def _provide(self, needed: tuple[str, str | None], call: str, seen: int) -> bool:
        """Take the steps that a call was refused for want of; whether they led to the end."""
        match needed:
            case ("free_download", str(target)):
                return isinstance(self.free_download(target, call).step, DoneStep)
            case _:
                return self._sign_in_once(call, seen)

    def _sign_in_once(self, call: str, seen: int) -> bool:
        """Sign in, unless another thread did so since this one looked: a person is asked once."""
        with self._lock:
            if seen == self._sign_ins:
                if not isinstance(self.sign_in(call).step, DoneStep):
                    return False
                self._sign_ins += 1
            return True

    def verb(
        self,
        name: str,
        arguments: Mapping[str, object],
        on_progress: OnProgress | None = None,
        options: CallOptions | None = None,
    ) -> Any:
        """Do one of the verbs that all services share."""
        given, encoded, tell = encode_arguments(arguments), encode_call_options(options), teller(Progress, on_progress)
        return self.settled(lambda: self.native.verb(name, given, encoded, tell), options)
