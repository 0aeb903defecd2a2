"""Folders are uploaded with all that is in them, and what became of each thing is told, with both sorts of clients."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import fileferry
import pytest
from both import OpenClient, collected, pickled, settled
from emulator import World
from fileferry import (
    ClientClosedError,
    Entry,
    FolderItem,
    FolderProgress,
    FolderReport,
    InvalidArgumentError,
    ItemFailure,
)
from fileferry.keep2share import Access

FILES = {"notes.txt": 10, "videos/first.bin": 400_000, "videos/raw/second.bin": 300_000}
FOLDERS = {"empty", "videos", "videos/raw"}
BYTES = sum(FILES.values())


@pytest.fixture
def holidays(tmp_path: Path) -> Path:
    """Give a folder with folders in it, one of them empty."""
    path = tmp_path / "Holidays"
    for folder in FOLDERS:
        (path / folder).mkdir(parents=True, exist_ok=True)
    for name, size in FILES.items():
        (path / name).write_bytes(os.urandom(size))
    return path


async def arrived(client: Any, folder: Any) -> dict[str, int | None]:
    """List what lies below a folder of the service: the sizes of files, None for folders."""
    found: dict[str, int | None] = {}
    waiting: list[tuple[str, Any]] = [("", folder)]
    while waiting:
        path, within = waiting.pop()
        for entry in await collected(client.list(within)):
            found[path + entry.name] = None if entry.is_folder else entry.size
            if entry.is_folder:
                waiting.append((f"{path}{entry.name}/", entry))
    return found


def item(report: FolderReport, path: str) -> FolderItem:
    return next(item for item in report.items if item.path == path)


async def test_all_that_is_in_it_arrives(client: Any, holidays: Path, tmp_path: Path) -> None:
    report = await settled(client.upload_folder(holidays))
    assert isinstance(report, FolderReport)
    assert (report.uploaded, report.failed, report.bytes) == (len(FILES), 0, BYTES)
    assert await arrived(client, "/Holidays") == {**FILES, **dict.fromkeys(FOLDERS)}
    assert {item.path: item.is_folder for item in report.items} == {
        **dict.fromkeys(FILES, False),
        **dict.fromkeys(FOLDERS, True),
    }
    folder = report.folder
    assert (folder.name, folder.is_folder, folder.service) == ("Holidays", True, "keep2share")
    assert folder.id == (await settled(client.stat("/Holidays"))).id
    for uploaded in report.items:
        assert isinstance(uploaded.entry, Entry)
        assert uploaded.error is None
        assert uploaded.entry.id == (await settled(client.stat(f"/Holidays/{uploaded.path}"))).id
    to = tmp_path / "back.bin"
    await settled(client.download(item(report, "videos/first.bin").entry, to))
    assert to.read_bytes() == (holidays / "videos/first.bin").read_bytes()
    assert pickled(report) == report


async def test_it_goes_into_a_folder_under_a_name(client: Any, holidays: Path) -> None:
    docs = await settled(client.make_folder("docs"))
    for number, target in enumerate(("/docs", docs.id, docs)):
        await settled(client.upload_folder(str(holidays), folder=target, name=f"copy {number}"))
    assert [entry.name for entry in await collected(client.list(docs))] == ["copy 0", "copy 1", "copy 2"]
    assert [entry.name for entry in await collected(client.list())] == ["docs"]


async def test_what_fails_is_told_and_the_rest_goes_on(client: Any, holidays: Path) -> None:
    (holidays / "link.txt").symlink_to(holidays / "notes.txt")
    # The service takes no name that is so short.
    (holidays / "ab").write_bytes(b"content")
    report = await settled(client.upload_folder(holidays))
    assert (report.uploaded, report.failed, report.bytes) == (len(FILES), 2, BYTES)
    assert await arrived(client, "/Holidays") == {**FILES, **dict.fromkeys(FOLDERS)}
    link, short = item(report, "link.txt"), item(report, "ab")
    assert isinstance(link.error, ItemFailure)
    assert (link.error.kind, link.error.name, link.entry) == ("not_supported", "symbolic_link", None)
    assert "link.txt" in link.error.message
    assert not link.error.retryable
    assert isinstance(short.error, ItemFailure)
    assert (short.error.kind, short.error.name, short.entry) == ("invalid_argument", "name_too_short", None)


async def test_progress(client: Any, world: World, holidays: Path) -> None:
    (holidays / "link.txt").symlink_to(holidays / "notes.txt")
    (holidays / "ab").write_bytes(b"content")
    seen: list[FolderProgress] = []
    moving = threading.Event()

    def hear(progress: FolderProgress) -> None:
        seen.append(progress)
        if 0 < progress.bytes_done < progress.bytes_total:
            moving.set()

    def release() -> None:
        world.wait_for("held", "upload")
        moving.wait(10)
        world.order("release")

    world.fault("hold", "upload")
    releasing = threading.Thread(target=release)
    releasing.start()
    await settled(client.upload_folder(holidays, on_progress=hear))
    releasing.join()
    assert moving.is_set()
    last = seen[-1]
    assert isinstance(last, FolderProgress)
    # The link is no file; the file that is refused was one to upload.
    assert (last.files_done, last.files_failed, last.files_total) == (len(FILES), 1, len(FILES) + 1)
    assert (last.bytes_done, last.bytes_total) == (BYTES, BYTES + len(b"content"))
    assert last.bytes_on_wire >= BYTES
    assert last.speed >= 0
    for progress in seen:
        assert progress.files_done + progress.files_failed <= progress.files_total
        assert progress.bytes_done <= progress.bytes_total
    assert repr(last).startswith(f"FolderProgress(bytes_done={BYTES}, ")
    assert pickled(last) == last


async def test_what_on_progress_raises_ends_the_upload(client: Any, world: World, holidays: Path) -> None:
    def stop(progress: FolderProgress) -> None:
        raise ZeroDivisionError

    world.fault("hold", "upload", times=None)
    with pytest.raises(ZeroDivisionError):
        await settled(client.upload_folder(holidays, on_progress=stop, options={"deadline": 20}))
    assert len(world.requests("upload")) < len(FILES)


async def test_folders_are_used_again_and_content_is_found(client: Any, holidays: Path) -> None:
    seen: list[FolderProgress] = []
    first = await settled(client.upload_folder(holidays))
    second = await settled(client.upload_folder(holidays, on_progress=seen.append))
    assert second.folder == first.folder
    for path in FOLDERS:
        assert item(second, path).entry == item(first, path).entry
    for path in FILES:
        assert item(second, path).entry != item(first, path).entry
    assert second.uploaded == len(FILES)
    assert (seen[-1].bytes_done, seen[-1].bytes_on_wire) == (BYTES, 0)


async def test_arguments_of_the_service(client: Any, world: World, holidays: Path) -> None:
    report = await settled(client.upload_folder(holidays, access=Access.PRIVATE, by_hash=False))
    listed = await settled(client.files.get_files_list(parent=report.folder.id, extended_info=True))
    (notes,) = (file for file in listed.files if file.name == "notes.txt")
    assert notes.extended_info.access == "private"
    assert {request["body"]["access"] for request in world.requests("createFolder")} == {"private"}
    assert world.requests("findByFirst5MbSha1Hash") == []


async def test_a_handler_is_asked_once(open_client: OpenClient, world: World, holidays: Path) -> None:
    asked: list[str] = []

    def solve(step: Any) -> str:
        asked.append(step.challenge)
        return world.captcha(step.challenge)

    client = open_client(on_captcha=solve, **world.sign_in_with("captcha"))
    assert (await settled(client.upload_folder(holidays))).uploaded == len(FILES)
    assert len(asked) == 1


async def test_bad_input(client: Any, world: World, holidays: Path) -> None:
    stranger = Entry(id="abc", name="strange", is_folder=True, service="yetishare")
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (7, {}, "a int is no path"),
        (holidays, {"parallel": 0}, "from 1 to 10"),
        (holidays, {"parallel": 11}, "from 1 to 10"),
        (holidays, {"parallel": "many"}, "from 1 to 10"),
        (holidays, {"name": "a/b"}, "name"),
        (holidays, {"name": " "}, "name"),
        (holidays, {"folder": stranger}, "yetishare"),
        (holidays, {"access": 7}, "access"),
        (holidays, {"by_hash": "no"}, "by_hash"),
        (holidays, {"options": {"no_option": 1}}, "no_option"),
        (Path("/"), {}, "needs a name"),
    ]
    for path, arguments, words in wrong:
        with pytest.raises(InvalidArgumentError, match=words):
            await settled(client.upload_folder(path, **arguments))
    assert world.requests() == []


@pytest.mark.parametrize("name", ["notes.txt", "missing"])
async def test_what_is_no_folder(client: Any, world: World, holidays: Path, name: str) -> None:
    with pytest.raises(fileferry.FileFerryError) as raised:
        await settled(client.upload_folder(holidays / name))
    assert raised.value.kind == "io"
    assert name in str(raised.value)
    assert world.requests() == []


async def test_a_closed_client(client: Any, world: World, holidays: Path) -> None:
    await settled(client.close())
    with pytest.raises(ClientClosedError):
        await settled(client.upload_folder(holidays))
    assert world.requests() == []
