"""Each operation against the emulator, with both sorts of clients."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import fileferry
import pytest
from both import OpenClient, collected, settled
from emulator import World
from fileferry.keep2share import Access, FileSort, GetFilesListResult, ItemType


async def test_account_info(client: Any) -> None:
    account = await settled(client.account.account_info())
    assert isinstance(account.available_traffic, int)
    assert account.account_expires > datetime.now(timezone.utc)


async def test_login(open_client: OpenClient, world: World) -> None:
    account = world.accounts["free"]
    client = open_client(base_url=world.base_url)
    login = await settled(client.auth.login(username=account["username"], password=account["password"]))
    assert login.auth_token
    assert login.auth_token not in repr(login)


async def test_folders_are_made_listed_and_deleted(client: Any) -> None:
    folder = await settled(client.files.create_folder(name="Holidays", parent="/", access=Access.PRIVATE))
    listed = await settled(client.files.get_files_list(parent="/", type=ItemType.FOLDER))
    assert isinstance(listed, GetFilesListResult)
    (item,) = listed.files
    assert item.date_created is not None
    assert (item.id, item.name, item.is_folder, item.size) == (folder.id, "Holidays", True, None)
    assert item.date_created.tzinfo is None
    deleted = await settled(client.files.delete_files(ids=[folder.id]))
    assert deleted.deleted == 1
    assert (await settled(client.files.get_files_list(parent="/"))).files == []


async def test_iterator_walks_all_pages(client: Any, world: World) -> None:
    for number in range(5):
        await settled(client.files.create_folder(name=f"Folder {number}"))
    sort = FileSort(name="ascending")
    items = await collected(client.files.iter_files_list(parent="/", limit=2, sort=sort))
    assert [item.name for item in items] == [f"Folder {number}" for number in range(5)]
    assert [request["body"]["offset"] for request in world.requests("getFilesList")] == [0, 2, 4]


async def test_left_out_none_and_a_value_are_three_requests(client: Any, world: World) -> None:
    await settled(client.files.get_files_list())
    await settled(client.files.get_files_list(parent=fileferry.UNSET))
    await settled(client.files.get_files_list(parent=None))
    await settled(client.files.get_files_list(parent="/"))
    bodies = [request["body"] for request in world.requests("getFilesList")]
    assert [body.get("parent", "left out") for body in bodies] == ["left out", "left out", None, "/"]


async def test_upload_form_and_link(client: Any) -> None:
    form = await settled(client.uploads.get_upload_form_data(parent_id=None))
    assert form.form_action.startswith("http://127.0.0.1")
    assert form.file_field
    assert form.form_data.params not in repr(form)
    entry = await settled(client.upload(b"content", folder="/", name="file.bin"))
    link = await settled(client.downloads.get_url(file_id=entry.id))
    assert link.url not in repr(link)


async def test_captcha_is_a_stream(client: Any) -> None:
    captcha = await settled(client.auth.request_captcha())
    picture = await settled(client.auth.captcha(id=captcha.challenge))
    assert picture.media_type == "image/png"
    content = await settled(picture.read())
    assert content.startswith(b"\x89PNG")
    assert len(content) == picture.length
    chunks = await collected(await settled(client.auth.captcha(id=captcha.challenge)))
    assert b"".join(chunks) == content


async def test_request_sends_what_is_not_described(client: Any) -> None:
    answer = await settled(client.request("POST", "accountInfo", {}))
    assert answer["available_traffic"] > 0


async def test_a_request_is_repeated_where_that_does_no_harm(client: Any, world: World) -> None:
    world.fault("status", "accountInfo", status=503, times=2)
    with pytest.raises(fileferry.UnavailableError):
        await settled(client.request("POST", "accountInfo"))
    assert await settled(client.request("POST", "accountInfo", idempotent=True))
    assert len(world.requests("accountInfo")) == 3


async def test_options_of_a_call(client: Any, world: World) -> None:
    heard: list[tuple[int, dict[str, str]]] = []

    def on_response(status: int, headers: dict[str, str]) -> None:
        heard.append((status, headers))

    world.fault("status", "accountInfo", status=503, times=2)
    with pytest.raises(fileferry.UnavailableError) as raised:
        await settled(client.account.account_info(options={"max_attempts": 2, "on_response": on_response}))
    assert raised.value.attempts == 2
    assert heard[0][0] == 503
    assert heard[0][1]["content-type"].startswith("text/html")
    world.fault("latency", "accountInfo", latency_ms=5000)
    with pytest.raises(fileferry.RequestTimeoutError) as late:
        await settled(client.account.account_info(options={"deadline": 0.1}))
    assert isinstance(late.value, TimeoutError)


async def test_two_clients_at_once(open_client: OpenClient, world: World) -> None:
    one, other = open_client(**world.token_of("premium")), open_client(**world.token_of("free"))
    await settled(one.files.create_folder(name="Only here"))
    assert [item.name for item in await collected(one.files.iter_files_list())] == ["Only here"]
    assert await collected(other.files.iter_files_list()) == []
