"""The verbs that all services share, with both sorts of clients."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import fileferry
import pytest
from both import collected, settled
from emulator import World
from fileferry import (
    Account,
    AsyncKeep2Share,
    Entry,
    FileFerryError,
    InvalidArgumentError,
    Keep2Share,
    LinkKind,
    NotFoundError,
    Progress,
    RejectedError,
)

ODD_NAME = "50% #1 ü🎬.txt"


def targets(entry: Entry, path: str) -> list[Entry | str | None]:
    """Give all that stands for an entry."""
    return [path, entry.id, entry]


async def uploaded(client: Any, name: str, **arguments: Any) -> Any:
    return await settled(client.upload(b"content", name=name, **arguments))


async def source(client: Any) -> str:
    """Give an address on this machine that a file can be fetched from: the link of one that is there."""
    file = await uploaded(client, "source.bin")
    return (await settled(client.downloads.get_url(file_id=file.id))).url


async def failed(call: Any) -> str:
    with pytest.raises(FileFerryError) as raised:
        await settled(call())
    return raised.value.kind


async def test_targets_are_paths_ids_and_entries(client: Any, tmp_path: Path) -> None:
    docs = await settled(client.make_folder("docs"))
    assert (docs.path, docs.is_folder) == ("/docs", True)
    for number, folder in enumerate(targets(docs, "/docs")):
        await uploaded(client, f"{number} {ODD_NAME}", folder=folder)
        assert len(await collected(client.list(folder))) == number + 1
        made = await settled(client.make_folder("sub", folder, exist_ok=True))
        assert made.name == "sub"
        await settled(client.delete(made))
    path = f"/docs/1 {ODD_NAME}"
    file = await settled(client.stat(path))
    for target in targets(file, path):
        found = await settled(client.stat(target))
        assert isinstance(found, Entry)
        assert (found.id, found.name, found.size) == (file.id, f"1 {ODD_NAME}", 7)
        assert (await settled(client.share_link(target))).endswith(f"/file/{file.id}")
        await settled(client.download(target, tmp_path / "copy", overwrite=True))
        assert (tmp_path / "copy").read_bytes() == b"content"
        assert await settled((await settled(client.open(target))).read()) == b"content"
    assert [entry.path for entry in await collected(client.list())] == ["/docs"]


async def test_moving_renaming_deleting(client: Any) -> None:
    await settled(client.make_folder("from"))
    to = await settled(client.make_folder("to"))
    for number, folder in enumerate(targets(to, "/to")):
        name = f"file {number}.bin"
        file = await uploaded(client, name, folder="/from")
        moved = await settled(client.move(targets(file, f"/from/{name}")[number], folder))
        assert (moved.id, moved.name) == (file.id, name)
        renamed = await settled(client.rename(f"/to/{name}", ODD_NAME))
        assert (renamed.id, renamed.path) == (file.id, f"/to/{ODD_NAME}")
        assert await settled(client.delete(targets(file, f"/to/{ODD_NAME}")[number])) is None
        with pytest.raises(NotFoundError):
            await settled(client.delete(file))
    assert await collected(client.list(to)) == []
    with pytest.raises(NotFoundError):
        await settled(client.stat(f"/to/{ODD_NAME}"))


async def test_what_goes_wrong_has_its_kind(client: Any, world: World, tmp_path: Path) -> None:
    twins = [await uploaded(client, "twice.bin") for _ in range(2)]
    with pytest.raises(fileferry.ConflictError) as conflict:
        await settled(client.stat("/twice.bin"))
    assert [item.id for item in conflict.value.details.items] == [twin.id for twin in twins]
    await settled(client.make_folder("docs"))
    assert await failed(lambda: client.make_folder("docs")) == "already_exists"
    assert await failed(lambda: client.stat("/docs/nothing")) == "not_found"
    assert await failed(lambda: client.share_link("/")) == "not_supported"
    before = len(world.requests())
    stranger = Entry(id="abc", name="strange", is_folder=True, service="yetishare")
    for call in (
        lambda: client.stat(stranger),
        lambda: client.upload(b"content", name="a.bin", folder=stranger),
        lambda: client.download(stranger, tmp_path),
        lambda: client.open(stranger),
        lambda: collected(client.list(stranger)),
        lambda: client.stat("/docs/../docs"),
        lambda: client.rename("/docs", "a/b"),
        lambda: client.delete(""),
        lambda: client.stat(7),
        lambda: client.remote_upload("no address"),
        lambda: client.stat("/docs", options={"no_option": 1}),
    ):
        assert await failed(call) == "invalid_argument"
    assert len(world.requests()) == before


async def test_a_remote_upload_is_waited_for(client: Any, world: World) -> None:
    await settled(client.make_folder("films"))
    url = await source(client)
    seen: list[Progress] = []
    stored = await settled(client.remote_upload(url, "/films", on_progress=seen.append))
    assert (stored.name, stored.size) == ("source.bin", 7)
    assert [entry.id for entry in await collected(client.list("/films"))] == [stored.id]
    assert (seen[-1].phase, seen[-1].fraction) == ("done", 1)
    with pytest.raises(RejectedError) as refused:
        await settled(client.remote_upload("https://example.com/a.bin"))
    world.fault("status", "download", status=404)
    with pytest.raises(RejectedError) as failed:
        await settled(client.remote_upload(url))
    assert (refused.value.name, failed.value.name) == ("remote_upload_rejected", "remote_upload_failed")


async def test_what_on_progress_raises_ends_a_remote_upload(client: Any, world: World) -> None:
    def stop(progress: Progress) -> None:
        raise ZeroDivisionError

    world.order("settings", service="keep2share", remote_pace={"seconds": 3600})
    url = await source(client)
    with pytest.raises(ZeroDivisionError):
        await settled(client.remote_upload(url, on_progress=stop))


async def test_cancelling_a_remote_upload(world: World) -> None:
    world.order("settings", service="keep2share", remote_pace={"seconds": 3600})
    async with AsyncKeep2Share(**world.token_of(), rate=0, poll_interval=0.001) as client:
        task = asyncio.ensure_future(client.remote_upload(await source(client)))
        await asyncio.to_thread(world.wait_for, "answered", "remoteUploadStatus")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await client.account()).plan == "premium"


def test_closing_ends_a_remote_upload(world: World) -> None:
    world.order("settings", service="keep2share", remote_pace={"seconds": 3600})
    with Keep2Share(**world.token_of(), rate=0, poll_interval=0.001) as client:
        file = client.upload(b"content", name="source.bin")
        url = client.downloads.get_url(file_id=file.id or "").url

        def close() -> None:
            world.wait_for("answered", "remoteUploadStatus")
            client.close()

        thread = threading.Thread(target=close)
        thread.start()
        with pytest.raises(fileferry.ClientClosedError):
            client.remote_upload(url or "")
        thread.join()


async def test_account_is_a_verb_and_a_group(client: Any) -> None:
    account = await settled(client.account())
    assert isinstance(account, Account)
    assert account.plan == "premium"
    assert account.traffic_left
    assert account.expires is not None
    assert (await settled(client.account.account_info())).available_traffic == account.traffic_left


async def test_capabilities_are_told_without_sending(client: Any, world: World) -> None:
    can = client.capabilities()
    assert {"list", "share_link", "remote_upload"} <= set(can.verbs)
    assert (can.hash_upload, can.ranges, can.paths) == (True, True, False)
    assert world.requests() == []


def test_parse_link() -> None:
    link = fileferry.parse_link("https://k2s.cc/file/5F0C2B7E41A3D/movie.mp4")
    assert link is not None
    assert (link.service, link.kind, link.id, link.host) == ("keep2share", LinkKind.FILE, "5f0c2b7e41a3d", "k2s.cc")
    for other in ("https://example.com/file/5f0c2b7e41a3d", "no address", ""):
        assert fileferry.parse_link(other) is None
    with pytest.raises(InvalidArgumentError):
        fileferry.parse_link(7)  # pyright: ignore[reportArgumentType]


async def test_a_client_by_the_name_of_its_service(world: World) -> None:
    with fileferry.open("keep2share", **world.token_of(), rate=0) as client:
        assert isinstance(client, Keep2Share)
        assert client.make_folder("docs").name == "docs"
    async with fileferry.open_async("keep2share", **world.token_of(), rate=0) as client:
        assert isinstance(client, AsyncKeep2Share)
        assert [entry.name async for entry in client.list()] == ["docs"]
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("nobody", {}),
        ("shared", {}),
        ("keep2share", {"no_option": 1}),
        ("keep2share", {"poll_interval": -1}),
    ]
    for service, options in wrong:
        for opener in (fileferry.open, fileferry.open_async):
            with pytest.raises(InvalidArgumentError):
                opener(service, **options)


def test_an_entry_of_another_process_is_a_target(world: World) -> None:
    with Keep2Share(**world.token_of(), rate=0) as client:
        folder = client.make_folder("docs")
        assert client.stat(Entry.from_json(folder.to_json())).name == "docs"
