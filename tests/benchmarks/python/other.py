"""The same listing as a program would else read it: `http.client`, `json.loads` and data classes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rounds import RECORDS

if TYPE_CHECKING:
    from rounds import Rounds


@dataclass(slots=True)
class ExtendedInfo:
    """What a listing tells on request."""

    abuses: list[Any] | None
    storage_object: str | None
    size: int | None
    date_download_last: datetime | None
    downloads: int | None
    access: str | None
    content_type: str | None


@dataclass(slots=True)
class File:
    """A file or folder."""

    id: str
    name: str | None
    is_available: bool | None
    is_folder: bool | None
    date_created: datetime | None
    size: int | None
    md5: str | None
    extended_info: ExtendedInfo | None


def time(text: str | None) -> datetime | None:
    """Read a time."""
    return None if text is None else datetime.fromisoformat(text)


def extended_info(data: dict[str, Any] | None) -> ExtendedInfo | None:
    """Read what is nested."""
    if data is None:
        return None
    return ExtendedInfo(
        data.get("abuses"),
        data.get("storage_object"),
        data.get("size"),
        time(data.get("date_download_last")),
        data.get("downloads"),
        data.get("access"),
        data.get("content_type"),
    )


def file(data: dict[str, Any]) -> File:
    """Read a record."""
    return File(
        data["id"],
        data.get("name"),
        data.get("is_available"),
        data.get("is_folder"),
        time(data.get("date_created")),
        data.get("size"),
        data.get("md5"),
        extended_info(data.get("extended_info")),
    )


def read(answer: bytes) -> list[File]:
    """Read a listing."""
    return [file(data) for data in json.loads(answer)["files"]]


def border(rounds: Rounds, base_url: str, total: int) -> None:
    """Time fetching and reading, then reading alone."""
    address = urlsplit(base_url)
    connection = HTTPConnection(address.netloc)

    def fetch() -> bytes:
        connection.request("POST", f"{address.path}/getFilesList", b'{"limit": 10000}')
        return connection.getresponse().read()

    def check(files: list[File]) -> None:
        assert sum(file.size or 0 for file in files) == total

    for _ in rounds.of("other", RECORDS):
        check(read(fetch()))
    answer = fetch()
    for _ in rounds.of("other_reading", RECORDS):
        check(read(answer))
    connection.close()
