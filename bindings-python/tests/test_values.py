"""Results as values: they print, compare, hash, turn into plain data and JSON and back, and can be pickled."""

from __future__ import annotations

import copy
import json
from datetime import datetime
from typing import Any

import fileferry
import pytest
from both import pickled, settled
from emulator import World
from fileferry import UNSET, Entry, FileHash, InvalidArgumentError, Unset
from fileferry.keep2share import (
    Abuse,
    AccountInfoResult,
    ExtendedInfo,
    File,
    GetFilesListResult,
    GetUrlResult,
    LoginResult,
)

WHEN = datetime(2020, 1, 2, 3, 4, 5)


def full_file() -> File:
    abuses = [Abuse(type="hash", projects=["k2s"], blocked_to=WHEN)]
    info = ExtendedInfo(abuses=abuses, size=5, access="premium")
    return File(id="abc", name="movie", date_created=WHEN, size=5, extended_info=info, extra={"new": [1, {"a": None}]})


def test_they_print_without_secrets() -> None:
    assert repr(File(id="abc", size=5)) == "File(id='abc', size=5)"
    assert repr(LoginResult(auth_token="secret-token")) == "LoginResult(auth_token=<secret>)"
    assert repr(GetUrlResult(url=None)) == "GetUrlResult()"
    assert repr(File(id="abc", extra={"token": "secret"})) == "File(id='abc', extra=<token>)"


def test_they_compare_and_hash() -> None:
    assert full_file() == full_file()
    assert full_file() != File(id="abc")
    assert File(id="abc") != File(id="abc", extra={"new": 1})
    assert FileHash(algorithm="md5", hex="00") != Abuse(type="md5")
    assert len({File(id="abc"), File(id="abc"), File(id="def")}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(GetFilesListResult(files=[]))


def test_they_cannot_be_changed() -> None:
    file: Any = File(id="abc")
    with pytest.raises(AttributeError):
        file.id = "def"
    with pytest.raises(AttributeError):
        del file.id
    with pytest.raises(AttributeError):
        file.unknown = 1


def test_plain_data_and_back() -> None:
    file = full_file()
    data = file.to_dict()
    assert data == {
        "id": "abc",
        "name": "movie",
        "date_created": "2020-01-02T03:04:05",
        "size": 5,
        "extended_info": {
            "abuses": [{"type": "hash", "projects": ["k2s"], "blocked_to": "2020-01-02T03:04:05"}],
            "size": 5,
            "access": "premium",
        },
        "extra": {"new": [1, {"a": None}]},
    }
    assert File.from_dict(data) == file
    assert File.from_json(file.to_json()) == file
    assert json.loads(file.to_json()) == data


@pytest.mark.parametrize("again", [pickled, copy.copy, copy.deepcopy])
def test_pickle_and_copy(again: Any) -> None:
    assert again(full_file()) == full_file()


def test_what_does_not_fit_names_its_place() -> None:
    with pytest.raises(InvalidArgumentError, match=r"files"):
        GetFilesListResult.from_dict({"files": [{"id": "a"}, {"name": "no id"}]})
    with pytest.raises(InvalidArgumentError):
        File.from_json("[")


def test_unset() -> None:
    assert repr(UNSET) == "UNSET"
    assert not UNSET
    assert isinstance(UNSET, Unset)
    assert pickled(UNSET) is UNSET


async def test_what_an_answer_gave(client: Any, world: World) -> None:
    world.odd("extra_keys")
    entry = await settled(client.upload(b"content", name="file.bin"))
    assert Entry.from_dict(entry.to_dict()) == entry
    assert pickled(entry) == entry
    page = await settled(client.files.get_files_list(extended_info=True))
    again = pickled(page)
    assert again == page
    assert GetFilesListResult.from_json(page.to_json()) == page
    assert again.files[0].extra == page.files[0].extra != {}
    account = await settled(client.account.account_info())
    assert AccountInfoResult.from_dict(account.to_dict()) == account


def test_everything_that_is_exported_is_there() -> None:
    for name in fileferry.__all__:
        assert getattr(fileferry, name) is not None
    assert set(fileferry.__all__) <= set(dir(fileferry))
    with pytest.raises(AttributeError, match="Keep3Share"):
        fileferry.Keep3Share  # type: ignore[attr-defined] # noqa: B018
