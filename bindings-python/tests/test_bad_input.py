"""Bad input: a clear error of a fitting class, and nothing is sent."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import fileferry
import pytest
from both import OpenClient, settled
from emulator import World
from fileferry import FileFerryError, InvalidArgumentError


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 10_001}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": 1.5}, "limit"),
        ({"limit": math.nan}, "JSON"),
        ({"only_available": "yes"}, "only_available"),
        ({"sort": 7}, "sort"),
        ({"sort": {"unknown": "ascending"}}, "sort"),
        ({"parent": b"bytes"}, "bytes"),
        ({"parent": object()}, "object"),
        ({"options": {"unknown": 1}}, "unknown"),
        ({"options": {"deadline": "soon"}}, "deadline"),
        ({"options": {"deadline": -1}}, "deadline"),
        ({"options": {"method": "BREW"}}, "POST"),
        ({"options": {"max_attempts": 0}}, "max_attempts"),
    ],
)
async def test_arguments(client: Any, world: World, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=words):
        await settled(client.files.get_files_list(**arguments))
    assert world.requests() == []


async def test_empty_and_missing_arguments(client: Any, world: World) -> None:
    for call in (
        lambda: client.files.create_folder(name=""),
        lambda: client.files.create_folder(name=None),
        lambda: client.files.delete_files(ids=[]),
        lambda: client.files.delete_files(ids="abc"),
        lambda: client.downloads.get_url(file_id=""),
    ):
        with pytest.raises(InvalidArgumentError):
            await settled(call())
    with pytest.raises(TypeError, match="name"):
        await settled(client.files.create_folder())
    assert world.requests() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base_url": "http://example.com/api"}, "http"),
        ({"base_url": "no address"}, "base_url"),
        ({"host": "unknown"}, "host is one of"),
        ({"access_token": "two\nlines"}, "access_token"),
        ({"access_token": 7}, "access_token"),
        ({"idle_timeout": "soon"}, "idle_timeout"),
        ({"max_attempts": 0}, "max_attempts"),
        ({"ca_bundle": "/missing/bundle.pem"}, "bundle"),
        ({"proxy": "no address"}, "proxy"),
        ({"session": "no session"}, "session"),
        ({"deadline": math.inf}, "deadline"),
    ],
)
def test_options_of_a_client(open_client: OpenClient, options: dict[str, Any], words: str) -> None:
    with pytest.raises(FileFerryError, match=words) as raised:
        open_client(**options)
    assert raised.value.kind in {"invalid_argument", "io", "tls"}
    assert "two\nlines" not in str(raised.value)


async def test_no_credentials(open_client: OpenClient, world: World) -> None:
    client = open_client(base_url=world.base_url)
    with pytest.raises(fileferry.AuthenticationRequiredError):
        await settled(client.account.account_info())
    assert world.requests() == []


@pytest.mark.parametrize("fault", ["html", "half_json", "empty_body"])
async def test_answers_that_are_none(client: Any, world: World, fault: str) -> None:
    world.fault(fault, "createFolder")
    with pytest.raises(FileFerryError) as raised:
        await settled(client.files.create_folder(name="Holidays"))
    assert raised.value.kind in {"invalid_answer", "server_error"}


async def test_two_objects_glued_together(client: Any, world: World) -> None:
    world.fault("glued_json", "accountInfo")
    assert (await settled(client.account.account_info())).available_traffic


async def test_an_answer_over_the_limit(open_client: OpenClient, world: World) -> None:
    client = open_client(max_json=100_000, **world.token_of())
    world.fault("long_json", "accountInfo", size=2_000_000)
    with pytest.raises(FileFerryError) as raised:
        await settled(client.account.account_info())
    assert raised.value.kind == "too_large"


async def test_odd_forms(client: Any, world: World) -> None:
    for name in ("ids_as_integers", "size_as_text", "flags_as_numbers", "extra_keys", "account_expires_iso"):
        world.odd(name)
    await settled(client.upload(b"content", name="file.bin"))
    (item,) = (await settled(client.files.get_files_list())).files
    assert isinstance(item.id, str)
    assert (item.size, item.is_folder) == (7, False)
    assert item.extra
    assert isinstance((await settled(client.account.account_info())).account_expires, datetime)
