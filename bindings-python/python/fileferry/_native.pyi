"""The library under this package. Private: its names may change with every release."""

from asyncio import AbstractEventLoop, Future
from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any, Final, final, overload

__all__ = [
    "FINGERPRINT",
    "Client",
    "Feeder",
    "Flow",
    "Letters",
    "Pages",
    "Reader",
    "Reply",
    "Shapes",
    "Stream",
    "clock_ms",
    "parse_link",
]

FINGERPRINT: Final[str]

def clock_ms() -> float: ...
def parse_link(shared: Shapes, url: str) -> Any: ...

@final
class Reply:
    @property
    def value(self) -> Any: ...
    @property
    def error(self) -> BaseException | None: ...
    @property
    def response(self) -> tuple[int, list[tuple[str, str]]] | None: ...
    @property
    def needs(self) -> tuple[str, str | None] | None: ...

@final
class Shapes:
    def __new__(cls, service: str, base: type, models: Sequence[type], unions: Sequence[Sequence[type]]) -> Shapes: ...
    def model(self, index: int, json: str) -> Any: ...
    def variant(self, index: int, json: str) -> Any: ...

@final
class Letters:
    def take(self) -> list[tuple[AbstractEventLoop, Callable[[], None]]]: ...

@final
class Client:
    def __new__(
        cls,
        service: str,
        options: str,
        shapes: Shapes,
        shared: Shapes,
        log: Callable[[str, str, str | None, str], None],
    ) -> Client: ...
    @property
    def base_url(self) -> str: ...
    @property
    def closed(self) -> bool: ...
    @overload
    def call(self, operation: str, arguments: str, options: str, event_loop: None = None) -> Reply: ...
    @overload
    def call(self, operation: str, arguments: str, options: str, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    def pages(self, operation: str, arguments: str, options: str) -> Pages: ...
    @overload
    def request(self, method: str, path: str, params: str, options: str, event_loop: None = None) -> Reply: ...
    @overload
    def request(
        self, method: str, path: str, params: str, options: str, event_loop: AbstractEventLoop
    ) -> Future[Reply]: ...
    @overload
    def upload(
        self,
        source: str | PathLike[str] | bytes | Reader | Feeder,
        arguments: str,
        options: str,
        on_progress: Callable[..., None] | None = None,
        event_loop: None = None,
    ) -> Reply: ...
    @overload
    def upload(
        self,
        source: str | PathLike[str] | bytes | Reader | Feeder,
        arguments: str,
        options: str,
        on_progress: Callable[..., None] | None,
        event_loop: AbstractEventLoop,
    ) -> Future[Reply]: ...
    @overload
    def upload_folder(
        self,
        path: str | PathLike[str],
        arguments: str,
        options: str,
        on_progress: Callable[..., None] | None = None,
        event_loop: None = None,
    ) -> Reply: ...
    @overload
    def upload_folder(
        self,
        path: str | PathLike[str],
        arguments: str,
        options: str,
        on_progress: Callable[..., None] | None,
        event_loop: AbstractEventLoop,
    ) -> Future[Reply]: ...
    @overload
    def download(
        self,
        path: str | PathLike[str],
        overwrite: bool,
        arguments: str,
        options: str,
        on_progress: Callable[..., None] | None = None,
        event_loop: None = None,
    ) -> Reply: ...
    @overload
    def download(
        self,
        path: str | PathLike[str],
        overwrite: bool,
        arguments: str,
        options: str,
        on_progress: Callable[..., None] | None,
        event_loop: AbstractEventLoop,
    ) -> Future[Reply]: ...
    @overload
    def open(self, arguments: str, options: str, event_loop: None = None) -> Reply: ...
    @overload
    def open(self, arguments: str, options: str, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    @overload
    def verb(
        self,
        name: str,
        arguments: str,
        options: str,
        on_progress: Callable[..., None] | None = None,
        event_loop: None = None,
    ) -> Reply: ...
    @overload
    def verb(
        self,
        name: str,
        arguments: str,
        options: str,
        on_progress: Callable[..., None] | None,
        event_loop: AbstractEventLoop,
    ) -> Future[Reply]: ...
    def list(self, arguments: str, options: str) -> Pages: ...
    def capabilities(self) -> Any: ...
    def sign_in(self, options: str) -> Flow: ...
    def free_download(self, target: str, options: str) -> Flow: ...
    def export_session(self) -> str | None: ...
    def take_session(self) -> str | None: ...
    def before_fork(self) -> None: ...
    def close(self) -> None: ...

@final
class Pages:
    @overload
    def next(self, event_loop: None = None) -> Reply: ...
    @overload
    def next(self, event_loop: AbstractEventLoop) -> Future[Reply]: ...

@final
class Stream:
    @property
    def media_type(self) -> str | None: ...
    @property
    def length(self) -> int | None: ...
    @overload
    def next(self, event_loop: None = None) -> Reply: ...
    @overload
    def next(self, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    @overload
    def read(self, limit: int, event_loop: None = None) -> Reply: ...
    @overload
    def read(self, limit: int, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    def close(self) -> None: ...

@final
class Flow:
    @overload
    def start(self, event_loop: None = None) -> Reply: ...
    @overload
    def start(self, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    @overload
    def answer(self, asked: str | None, text: str, event_loop: None = None) -> Reply: ...
    @overload
    def answer(self, asked: str | None, text: str, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    @overload
    def proceed(self, event_loop: None = None) -> Reply: ...
    @overload
    def proceed(self, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    @overload
    def wait_out(self, event_loop: None = None) -> Reply: ...
    @overload
    def wait_out(self, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    @overload
    def wait_unseen(self, event_loop: None = None) -> Reply: ...
    @overload
    def wait_unseen(self, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    @overload
    def image(self, event_loop: None = None) -> Reply: ...
    @overload
    def image(self, event_loop: AbstractEventLoop) -> Future[Reply]: ...

@final
class Reader:
    def __new__(cls, read: Callable[[int], bytes], length: int) -> Reader: ...

@final
class Feeder:
    def __new__(cls, length: int) -> Feeder: ...
    def wanted(self, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    def push(self, chunk: bytes, event_loop: AbstractEventLoop) -> Future[Reply]: ...
    def close(self) -> None: ...
