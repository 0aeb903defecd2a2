"""Errors: their fields, their classes, and that they survive every way out."""

from __future__ import annotations

import asyncio
import copy
import json
from typing import Any

import fileferry
import pytest
from both import OpenClient, pickled, settled
from emulator import World
from fileferry import Entry, ErrorDetails, FileFerryError, ItemResult, NotFoundError, SubError
from fileferry._errors import from_json
from fileferry._generated import errors


async def test_all_fields(client: Any, world: World) -> None:
    listed = [{"code": 5, "message": "Download is waiting", "timeRemaining": 12}]
    world.fault("error", "getUrl", code=21, http_status=406, message="Wait a little", errors=listed)
    with pytest.raises(FileFerryError) as raised:
        await settled(client.downloads.get_url(file_id="abc", options={"max_attempts": 1}))
    error = raised.value
    assert type(error) is fileferry.WaitRequiredError
    assert error.kind == "wait_required"
    assert (error.service, error.operation) == ("keep2share", "downloads.getUrl")
    assert (error.service_code, error.name, error.http_status) == ("21", "download_waiting", 406)
    assert error.retryable
    assert error.retry_after == pytest.approx(12, abs=3)
    assert error.attempts == 1
    (sub_error,) = error.details.sub_errors
    assert (sub_error.code, sub_error.message, sub_error.wait) == ("5", "Download is waiting", 12)
    assert error.details.captcha is None
    assert "Wait a little" in str(error)


async def test_an_unreadable_answer_names_the_place(client: Any, world: World) -> None:
    world.fault("body", "createFolder", body='{"status": "success", "code": 200}', content_type="application/json")
    with pytest.raises(fileferry.InvalidAnswerError) as raised:
        await settled(client.files.create_folder(name="Holidays"))
    assert raised.value.details.json_path == "$.id"


async def test_a_captcha_that_is_asked_for(open_client: OpenClient, world: World) -> None:
    account = world.accounts["captcha"]
    client = open_client(base_url=world.base_url)
    with pytest.raises(fileferry.CaptchaRequiredError) as raised:
        await settled(client.auth.login(username=account["username"], password=account["password"]))
    assert raised.value.details.captcha is not None
    assert raised.value.details.captcha.kind == "image"


async def test_network_errors_name_their_causes(open_client: OpenClient) -> None:
    client = open_client(base_url="http://127.0.0.1:1", access_token="token", max_attempts=1)
    with pytest.raises(fileferry.NetworkError) as raised:
        await settled(client.account.account_info())
    assert raised.value.causes
    assert str(raised.value).endswith(raised.value.causes[-1])


def full_error() -> FileFerryError:
    return NotFoundError(
        "There is no such file",
        service="keep2share",
        operation="downloads.getUrl",
        service_code="20",
        name="file_not_found",
        http_status=404,
        retryable=False,
        retry_after=1.5,
        attempts=2,
        details=ErrorDetails(
            captcha=fileferry.Captcha(kind="image", challenge="abc"),
            sub_errors=[SubError(code="1", message="text", wait=0.5)],
            items=[ItemResult(id="x", index=1, ok=False, code="20", message="gone")],
            json_path="$.files[3].id",
        ),
        causes=["one", "two"],
    )


@pytest.mark.parametrize("again", [pickled, copy.copy, copy.deepcopy])
def test_errors_can_be_pickled_and_copied(again: Any) -> None:
    error = full_error()
    other = again(error)
    assert type(other) is NotFoundError
    assert str(other) == str(error) == "There is no such file: one: two"
    assert other.args == error.args
    assert other.to_dict() == error.to_dict()
    assert other.details == error.details


def test_every_kind_has_a_class() -> None:
    for name in errors.__all__:
        kind = getattr(fileferry, name)
        assert issubclass(kind, FileFerryError)
        error = kind("text", retry_after=0.25)
        assert pickled(error).to_dict() == error.to_dict()
        assert error.to_dict()["kind"] == kind.kind
    assert issubclass(fileferry.RequestTimeoutError, TimeoutError)


def test_an_unknown_kind_is_kept() -> None:
    record = full_error().to_dict() | {"kind": "brand_new"}
    error = from_json(json.dumps(record))
    assert type(error) is FileFerryError
    assert error.kind == "brand_new"
    assert pickled(error).kind == "brand_new"


def test_a_programs_own_subclass_does_not_take_the_place_of_its_kind() -> None:
    class MyError(NotFoundError):
        def __init__(self, number: int) -> None:
            super().__init__("mine")
            self.number = number

    assert type(pickled(NotFoundError("text"))) is NotFoundError
    assert MyError(1).kind == "not_found"
    assert FileFerryError._by_kind["not_found"] is NotFoundError


async def test_a_panic_that_no_call_waits_for_becomes_the_internal_error(client: Any, world: World) -> None:
    native = client._caller.native
    shapes = Entry._shapes
    panics = [
        lambda: type(native)("_panic", "{}", shapes, shapes, print),
        lambda: native.pages("_panic", "", ""),
        lambda: type(shapes)("_panic", object, [], []),
    ]
    for panic in panics:
        with pytest.raises(fileferry.InternalError) as raised:
            panic()
        assert str(raised.value) == "a defect in fileferry stopped the call"
    assert await settled(client.account.account_info())


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_panic_becomes_the_internal_error(open_client: OpenClient, world: World, *, is_async: bool) -> None:
    client = open_client(**world.token_of())
    native = client._caller.native
    reply = await native._panic(asyncio.get_running_loop()) if is_async else native._panic()
    assert isinstance(reply.error, fileferry.InternalError)
    assert await settled(client.account.account_info())
