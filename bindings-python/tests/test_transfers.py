"""Uploads and downloads, with progress, from and to all that Python has."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from both import collected, settled
from emulator import World
from fileferry import (
    AlreadyExistsError,
    Entry,
    FileFerryError,
    InvalidArgumentError,
    NetworkError,
    NotFoundError,
    Progress,
    TooLargeError,
)

CONTENT = os.urandom(3_000_000)


@pytest.fixture
def disks() -> Path:
    """Give the folder of the full disk and of the file that nobody can read."""
    folder = os.environ.get("FILEFERRY_TEST_DISKS")
    if folder is None:
        pytest.skip("FILEFERRY_TEST_DISKS is not set: `cargo xtask test` mounts both, where it is root on Linux")
    return Path(folder)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "movie.bin"
    path.write_bytes(CONTENT)
    return path


async def uploaded(client: Any, source: Any = CONTENT, **arguments: Any) -> Any:
    return await settled(client.upload(source, folder="/", **{"name": "movie.bin", **arguments}))


async def downloaded(client: Any, entry: Any, to: Path) -> bytes:
    written = await settled(client.download(entry, to))
    assert written.path == str(to)
    return to.read_bytes()


async def test_from_path_to_path(client: Any, file: Path, tmp_path: Path) -> None:
    entry = await uploaded(client, file, name=None)
    assert (entry.name, entry.size, entry.is_folder, entry.service) == ("movie.bin", len(CONTENT), False, "keep2share")
    to = tmp_path / "back.bin"
    assert await downloaded(client, entry, to) == CONTENT
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.bin", "movie.bin"]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
async def test_bytes(client: Any, tmp_path: Path, kind: type) -> None:
    entry = await uploaded(client, kind(CONTENT))
    assert await downloaded(client, entry.id, tmp_path / "back") == CONTENT


async def test_an_open_file_is_sent_from_where_it_stands(client: Any, file: Path, tmp_path: Path) -> None:
    with file.open("rb") as opened:
        opened.seek(1000)
        entry = await uploaded(client, opened, name=None)
    assert (entry.name, entry.size) == ("movie.bin", len(CONTENT) - 1000)
    assert await downloaded(client, entry, tmp_path / "back") == CONTENT[1000:]


async def test_a_file_in_memory(client: Any, tmp_path: Path) -> None:
    entry = await uploaded(client, io.BytesIO(CONTENT))
    assert await downloaded(client, entry, tmp_path / "back") == CONTENT


async def test_a_file_that_cannot_be_read(client: Any, world: World) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 500_000:
                raise OSError("the disk is gone")
            return super().read(size)

    with pytest.raises(OSError, match="the disk is gone"):
        await uploaded(client, Broken(CONTENT))
    assert await collected(client.files.iter_files_list()) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (io.StringIO("text"), "binary mode"),
        (7, "a int cannot be uploaded"),
        (None, "a NoneType cannot be uploaded"),
    ],
)
async def test_what_is_no_source(client: Any, source: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        await uploaded(client, source)


async def test_what_is_no_target(client: Any, tmp_path: Path, world: World) -> None:
    with pytest.raises(InvalidArgumentError, match="a int is no path"):
        await settled(client.download("abc", 7))
    for target in (7, Entry(name="file", is_folder=False, service="keep2share")):
        with pytest.raises(InvalidArgumentError, match="without an id"):
            await settled(client.download(target, tmp_path))
    assert world.requests() == []


async def test_a_pipe_has_no_length(client: Any) -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe, pytest.raises(InvalidArgumentError, match="length"):
        await uploaded(client, pipe)


async def test_missing_files_and_folders(client: Any, tmp_path: Path, world: World) -> None:
    with pytest.raises(FileFerryError) as missing:
        await uploaded(client, tmp_path / "missing")
    with pytest.raises(FileFerryError) as folder:
        await uploaded(client, tmp_path)
    assert (missing.value.kind, folder.value.kind) == ("io", "invalid_argument")
    assert world.requests() == []


async def test_a_file_that_is_shorter_than_it_said(client: Any) -> None:
    class Shrinking(io.BytesIO):
        def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
            return super().seek(offset, whence) + (1 if whence == os.SEEK_END else 0)

    with pytest.raises(FileFerryError) as changed:
        await uploaded(client, Shrinking(CONTENT))
    assert changed.value.kind == "changed"


async def test_a_file_that_changes_its_size_while_it_is_sent(client: Any, tmp_path: Path, world: World) -> None:
    path = tmp_path / "shrinks.bin"
    path.write_bytes(bytes(20_000_000))

    def shrink() -> None:
        world.wait_for("held", "upload")
        os.truncate(path, 1000)
        world.order("release")

    world.fault("hold", "upload", at_byte=1000)
    shrinking = threading.Thread(target=shrink)
    shrinking.start()
    with pytest.raises(FileFerryError) as changed:
        await uploaded(client, path)
    shrinking.join()
    assert changed.value.kind == "changed"
    assert await collected(client.files.iter_files_list()) == []


async def test_a_full_disk(client: Any, disks: Path) -> None:
    entry = await uploaded(client)
    with pytest.raises(FileFerryError, match="No space left") as full:
        await settled(client.download(entry, disks / "full" / "movie.bin"))
    assert full.value.kind == "io"
    assert list((disks / "full").iterdir()) == []


async def test_a_file_that_nobody_can_read(client: Any, disks: Path, world: World) -> None:
    with pytest.raises(FileFerryError) as unreadable:
        await uploaded(client, disks / "unreadable")
    assert unreadable.value.kind == "io"
    assert world.requests() == []


async def test_an_existing_target_is_kept_unless_told(client: Any, tmp_path: Path) -> None:
    entry = await uploaded(client)
    to = tmp_path / "there.bin"
    to.write_bytes(b"mine")
    with pytest.raises(AlreadyExistsError):
        await settled(client.download(entry, to))
    assert to.read_bytes() == b"mine"
    await settled(client.download(entry, to, overwrite=True))
    assert to.read_bytes() == CONTENT


async def test_an_unknown_file(client: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        await settled(client.download("5f0c2b7e41a3d", tmp_path / "back"))
    assert list(tmp_path.iterdir()) == []


async def test_progress(client: Any, file: Path, tmp_path: Path, world: World) -> None:
    seen: list[Progress] = []
    world.fault("slow_body", "download", size=500_000, latency_ms=120)
    entry = await uploaded(client, file, on_progress=seen.append)
    check_progress(seen)
    seen.clear()
    await settled(client.download(entry, tmp_path / "back", on_progress=seen.append))
    check_progress(seen)
    assert len([progress for progress in seen if progress.phase == "transferring"]) >= 3


async def test_progress_of_an_upload_that_is_held(client: Any, world: World) -> None:
    seen: list[Progress] = []
    told = threading.Semaphore(0)

    def on_progress(progress: Progress) -> None:
        seen.append(progress)
        told.release()

    def release() -> None:
        world.wait_for("held", "upload")
        for _event in range(3):
            assert told.acquire(timeout=10)
        world.order("release")

    world.fault("hold", "upload", at_byte=1_500_000)
    releasing = threading.Thread(target=release)
    releasing.start()
    await uploaded(client, on_progress=on_progress)
    releasing.join()
    check_progress(seen)
    # To find out whether the content is stored already, it is read before it is sent.
    sent = [progress.bytes_done for progress in seen if progress.phase != "hashing"]
    assert sent == sorted(sent)


def check_progress(seen: list[Progress]) -> None:
    last = seen[-1]
    assert (last.phase, last.bytes_done, last.bytes_total) == ("done", len(CONTENT), len(CONTENT))
    assert last.fraction == 1
    assert all(progress.bytes_done <= len(CONTENT) for progress in seen)
    assert "Progress(" in repr(last)


async def test_what_on_progress_raises_ends_the_transfer(client: Any, world: World) -> None:
    def stop(progress: Progress) -> None:
        raise ZeroDivisionError

    world.fault("hold", "upload", at_byte=100_000)
    with pytest.raises(ZeroDivisionError):
        await uploaded(client, on_progress=stop)


async def test_open_streams_a_file(client: Any) -> None:
    entry = await uploaded(client)
    stream = await settled(client.open(entry))
    assert stream.length == len(CONTENT)
    digest = hashlib.sha256()
    for chunk in await collected(stream):
        digest.update(chunk)
    assert digest.digest() == hashlib.sha256(CONTENT).digest()
    with pytest.raises(TooLargeError):
        await settled((await settled(client.open(entry))).read(limit=1000))


async def test_a_stream_that_breaks(client: Any, world: World) -> None:
    entry = await uploaded(client)
    world.fault("reset_in_body", "download", at_byte=1_000_000)
    stream = await settled(client.open(entry))
    with pytest.raises(NetworkError):
        await settled(stream.read())


async def test_closing_a_stream_closes_its_socket(client: Any, world: World) -> None:
    entry = await uploaded(client)
    world.fault("hold", "download", at_byte=100_000)
    stream = await settled(client.open(entry))
    await settled(stream.close())
    await settled(stream.close())
    assert world.wait_for("client_closed", "download")
