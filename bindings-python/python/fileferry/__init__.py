"""One client for file-hosting services.

    from fileferry import Keep2Share

    with Keep2Share(username="me@example.com", password="…") as k2s:
        for item in k2s.files.iter_files_list(parent="/"):
            print(item.name, item.size)
        k2s.upload("movie.mp4", folder="/")

Each client has a twin for asyncio with the same names: `AsyncKeep2Share`. What a service takes and gives lies in a
module of its own: `fileferry.keep2share`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from fileferry import _native
from fileferry._errors import Captcha, ErrorDetails, FileFerryError, ItemResult, SubError
from fileferry._generated import FINGERPRINT as _FINGERPRINT
from fileferry._generated import VERSION as __version__  # noqa: N811
from fileferry._generated import errors as _errors
from fileferry._generated import exports as _exports
from fileferry._generated.errors import *  # noqa: F403
from fileferry._types import UNSET, BinaryFile, CallOptions, FolderProgress, Progress, Source, Target, Unset

if TYPE_CHECKING:
    from fileferry._async_client import AsyncClient
    from fileferry._async_flow import AsyncCaptchaStep, AsyncConfirmStep, AsyncFlow, AsyncWaitStep
    from fileferry._async_pages import AsyncPages
    from fileferry._async_stream import AsyncByteStream
    from fileferry._client import Client
    from fileferry._flow import CaptchaStep, ConfirmStep, Flow, WaitStep
    from fileferry._generated.exports import *  # noqa: F403
    from fileferry._model import Model, Variant
    from fileferry._open import open, open_async, parse_link  # noqa: A004 - Called as `fileferry.open`.
    from fileferry._pages import Pages
    from fileferry._steps import DoneStep, Step
    from fileferry._stream import ByteStream

__all__: list[str] = [
    "UNSET",
    "AsyncByteStream",
    "AsyncCaptchaStep",
    "AsyncClient",
    "AsyncConfirmStep",
    "AsyncFlow",
    "AsyncPages",
    "AsyncWaitStep",
    "BinaryFile",
    "ByteStream",
    "CallOptions",
    "Captcha",
    "CaptchaStep",
    "Client",
    "ConfirmStep",
    "DoneStep",
    "ErrorDetails",
    "FileFerryError",
    "Flow",
    "FolderProgress",
    "ItemResult",
    "Model",
    "Pages",
    "Progress",
    "Source",
    "Step",
    "SubError",
    "Target",
    "Unset",
    "Variant",
    "WaitStep",
    "__version__",
    "open",
    "open_async",
    "parse_link",
]
__all__ += _errors.__all__
__all__ += _exports.__all__

_LAZY = {
    "AsyncByteStream": "_async_stream",
    "AsyncCaptchaStep": "_async_flow",
    "AsyncClient": "_async_client",
    "AsyncConfirmStep": "_async_flow",
    "AsyncFlow": "_async_flow",
    "AsyncPages": "_async_pages",
    "AsyncWaitStep": "_async_flow",
    "ByteStream": "_stream",
    "CaptchaStep": "_flow",
    "Client": "_client",
    "ConfirmStep": "_flow",
    "DoneStep": "_steps",
    "Flow": "_flow",
    "Model": "_model",
    "Pages": "_pages",
    "Step": "_steps",
    "Variant": "_model",
    "WaitStep": "_flow",
    "open": "_open",
    "open_async": "_open",
    "parse_link": "_open",
}

if _native.FINGERPRINT != _FINGERPRINT:
    raise ImportError("the Python part and the native part of fileferry come from different builds: install it anew")

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import what is used when it is used: a program has one service mostly, and either threads or asyncio."""
        module = _exports.MODULES.get(name) or (f"fileferry.{_LAZY[name]}" if name in _LAZY else None)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(module), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """List what can be imported."""
        return sorted({*globals(), *__all__})
