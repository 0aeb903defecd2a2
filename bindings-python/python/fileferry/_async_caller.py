"""Making calls and awaiting them on an event loop."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from fileferry import _native
from fileferry._asking import Asking, is_asking
from fileferry._async_flow import AsyncFlow
from fileferry._async_pages import AsyncPages
from fileferry._async_stream import AsyncByteStream
from fileferry._calls import (
    NEEDS,
    Tell,
    encode_arguments,
    encode_call_options,
    make_native,
    path_text,
    result,
    tell_response,
    tell_session,
    teller,
)
from fileferry._source import CHUNK, FileSource, open_source
from fileferry._steps import DoneStep
from fileferry._types import FolderProgress, Progress

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future
    from collections.abc import Awaitable, Callable, Mapping

    from fileferry._types import (
        AsyncOnCaptcha,
        AsyncOnConfirm,
        CallOptions,
        OnFolderProgress,
        OnProgress,
        OnSession,
        Source,
        StrPath,
    )


class AsyncCaller:
    """Makes the calls of one client. Groups of operations share it; they do not know their client."""

    __slots__ = ("_lock", "_on_captcha", "_on_confirm", "_on_session", "_sign_ins", "native")

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
        self.native: _native.Client = make_native(service, options, shapes)
        self._on_session = on_session
        self._on_captcha = on_captcha
        self._on_confirm = on_confirm
        self._lock = asyncio.Lock()
        self._sign_ins = 0

    async def call(
        self,
        operation: str,
        arguments: Mapping[str, object],
        nullable: Mapping[str, object] | None,
        options: CallOptions | None,
    ) -> Any:
        """Call an operation. None leaves an argument out, but is sent where it is `nullable`."""
        given, encoded = encode_arguments(arguments, nullable), encode_call_options(options)
        return await self.settled(lambda loop: self.native.call(operation, given, encoded, loop), options)

    def pages(
        self,
        operation: str,
        arguments: Mapping[str, object],
        nullable: Mapping[str, object] | None,
        options: CallOptions | None,
    ) -> AsyncPages[Any]:
        """Walk an operation page by page."""
        pages = self.native.pages(operation, encode_arguments(arguments, nullable), encode_call_options(options))
        return AsyncPages(self, pages, options)

    async def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, object] | None,
        idempotent: bool,  # noqa: FBT001
        options: CallOptions | None,
    ) -> Any:
        """Send a request that no operation describes."""
        given, encoded = encode_arguments({}, params), encode_call_options(options, idempotent=idempotent)
        return await self.settled(lambda loop: self.native.request(method, path, given, encoded, loop), options)

    async def upload(
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

        def send(tell: Tell | None, loop: AbstractEventLoop) -> Awaitable[_native.Reply]:
            if not isinstance(opened, FileSource):
                return self.native.upload(opened, given, encoded, tell, loop)
            feeder = _native.Feeder(opened.length)
            return _fed(self.native.upload(feeder, given, encoded, tell, loop), feeder, opened)

        return await self._heard(send, teller(Progress, on_progress), options)

    async def upload_folder(
        self,
        path: StrPath,
        arguments: Mapping[str, object],
        on_progress: OnFolderProgress | None,
        options: CallOptions | None,
    ) -> Any:
        """Upload a folder with all that is in it."""
        text = path_text(path)
        given, encoded = encode_arguments(arguments), encode_call_options(options)

        def send(tell: Tell | None, loop: AbstractEventLoop) -> Awaitable[_native.Reply]:
            return self.native.upload_folder(text, given, encoded, tell, loop)

        return await self._heard(send, teller(FolderProgress, on_progress), options)

    async def download(
        self,
        to: StrPath,
        overwrite: bool,  # noqa: FBT001
        arguments: Mapping[str, object],
        on_progress: OnProgress | None,
        options: CallOptions | None,
    ) -> Any:
        """Download a file to the disk."""
        path = path_text(to)
        given, encoded = encode_arguments(arguments), encode_call_options(options)

        def send(tell: Tell | None, loop: AbstractEventLoop) -> Awaitable[_native.Reply]:
            return self.native.download(path, overwrite, given, encoded, tell, loop)

        return await self._heard(send, teller(Progress, on_progress), options)

    async def open(self, arguments: Mapping[str, object], options: CallOptions | None) -> AsyncByteStream:
        """Open a file of the service as a stream."""
        given, encoded = encode_arguments(arguments), encode_call_options(options)
        return await self.settled(lambda loop: self.native.open(given, encoded, loop), options)

    async def sign_in(self, call: str = "") -> AsyncFlow:
        """Begin to sign in, for the call with these options; run through the steps for which there is a handler."""
        return await self._flow(self.native.sign_in(call))

    async def free_download(self, target: str, call: str = "") -> AsyncFlow:
        """Begin what leads to a free download, as `sign_in` does."""
        return await self._flow(self.native.free_download(target, call))

    async def _flow(self, native: _native.Flow) -> AsyncFlow:
        flow = AsyncFlow(native, self.tell_session)
        await flow.start()
        if not is_asking(self):
            with Asking(self):
                await flow.run(self._on_captcha, self._on_confirm)
        return flow

    def tell_session(self) -> None:
        """Tell the program of a new session."""
        tell_session(self.native, self._on_session)

    async def settled(
        self, send: Callable[[AbstractEventLoop], Awaitable[_native.Reply]], options: CallOptions | None
    ) -> Any:
        """Send, do with the program's help what is needed first, and give the result."""
        seen, call = self._sign_ins, encode_call_options(options) if self._can_ask() else ""
        reply = await self._sent(send, options)
        for _ in range(NEEDS):
            if reply.needs is None or not self._can_ask() or not await self._provide(reply.needs, call, seen):
                break
            seen = self._sign_ins
            reply = await self._sent(send, options)
        value = result(reply)
        return AsyncByteStream(value) if isinstance(value, _native.Stream) else value

    async def _sent(
        self, send: Callable[[AbstractEventLoop], Awaitable[_native.Reply]], options: CallOptions | None
    ) -> _native.Reply:
        reply = await send(asyncio.get_running_loop())
        self.tell_session()
        tell_response(reply, options)
        return reply

    def _can_ask(self) -> bool:
        return (self._on_captcha is not None or self._on_confirm is not None) and not is_asking(self)

    async def _provide(self, needed: tuple[str, str | None], call: str, seen: int) -> bool:
        """Take the steps that a call was refused for want of; whether they led to the end."""
        match needed:
            case ("free_download", str(target)):
                return isinstance((await self.free_download(target, call)).step, DoneStep)
            case _:
                return await self._sign_in_once(call, seen)

    async def _sign_in_once(self, call: str, seen: int) -> bool:
        """Sign in, unless another task did so since this one looked: a person is asked once."""
        async with self._lock:
            if seen == self._sign_ins:
                if not isinstance((await self.sign_in(call)).step, DoneStep):
                    return False
                self._sign_ins += 1
            return True

    async def verb(
        self,
        name: str,
        arguments: Mapping[str, object],
        on_progress: OnProgress | None = None,
        options: CallOptions | None = None,
    ) -> Any:
        """Do one of the verbs that all services share."""
        given, encoded = encode_arguments(arguments), encode_call_options(options)

        def send(tell: Tell | None, loop: AbstractEventLoop) -> Awaitable[_native.Reply]:
            return self.native.verb(name, given, encoded, tell, loop)

        return await self._heard(send, teller(Progress, on_progress), options)

    async def _heard(
        self,
        send: Callable[[Tell | None, AbstractEventLoop], Awaitable[_native.Reply]],
        tell: Tell | None,
        options: CallOptions | None,
    ) -> Any:
        """Send what tells of its progress, and give the result."""

        async def heard(loop: AbstractEventLoop) -> _native.Reply:
            listener = _Listener(tell)
            return await listener.hear(send(listener.tell, loop))

        return await self.settled(heard, options)


class _Listener:
    """Tells a program of progress; what it raises ends the transfer."""

    __slots__ = ("_context", "_error", "_task", "_tell_program", "tell")

    def __init__(self, tell: Tell | None) -> None:
        self._tell_program = tell
        self._context = copy_context()
        self._error: BaseException | None = None
        self._task: asyncio.Future[_native.Reply] | None = None
        self.tell = None if tell is None else self._tell

    async def hear(self, transfer: Awaitable[_native.Reply]) -> _native.Reply:
        """Wait for the transfer."""
        self._task = asyncio.ensure_future(transfer)
        try:
            return await self._task
        finally:
            # Reached by cancelling too: the transfer must not outlive the call.
            self._task.cancel()
            if self._error is not None:
                raise self._error

    def _tell(self, *progress: Any) -> None:
        if self._tell_program is None or self._error is not None:
            return
        try:
            self._context.run(self._tell_program, *progress)
        except BaseException as error:
            self._error = error
            if self._task is not None:
                self._task.cancel()


async def _fed(upload: Future[_native.Reply], feeder: _native.Feeder, source: FileSource) -> _native.Reply:
    """Wait for an upload whose file is read meanwhile."""
    feeding = asyncio.ensure_future(_feed(feeder, source))
    try:
        await asyncio.wait((upload, feeding), return_when=asyncio.FIRST_COMPLETED)
        if feeding.done():
            feeding.result()
        return await upload
    finally:
        feeding.cancel()
        upload.cancel()


async def _feed(feeder: _native.Feeder, source: FileSource) -> None:
    loop = asyncio.get_running_loop()
    try:
        if not (await feeder.wanted(loop)).value:
            return
        while chunk := await loop.run_in_executor(None, source.read, CHUNK):
            reply = await feeder.push(chunk, loop)
            if not reply.value:
                return
    finally:
        feeder.close()
