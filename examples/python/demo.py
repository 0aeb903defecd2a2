"""A walk through the package: sign in, make a folder, upload twice, list, download, compare, delete, and one error."""

import filecmp
import json
import os
from pathlib import Path

from fileferry import Keep2Share, NotFoundError, Progress

path = Path(os.environ.get("FILEFERRY_FILE", "movie.mp4"))
copy = Path(os.environ.get("FILEFERRY_DOWNLOAD", "movie-copy.mp4"))
steps = 0


def step(text: str) -> None:
    global steps
    steps += 1
    print(f"{steps}. {text}")


def bar(progress: Progress) -> None:
    done = progress.fraction or 0.0
    end = "\n" if progress.phase == "done" else ""
    print(f"\r   [{'#' * round(30 * done):.<30}] {done:4.0%} {progress.speed / 1e6:6.1f} MB/s", end=end, flush=True)


with Keep2Share(
    username=os.environ["FILEFERRY_USERNAME"],
    password=os.environ["FILEFERRY_PASSWORD"],
    base_url=os.environ.get("FILEFERRY_BASE_URL"),
) as k2s:
    account = k2s.account.account_info()
    step(f"signed in; {account.available_traffic} bytes of traffic left today")

    folder = k2s.files.create_folder(name="fileferry demo")
    step(f"made the folder {folder.id}")

    file = k2s.upload(path, folder=folder.id, on_progress=bar)
    step(f"uploaded {file.name}")

    told: list[Progress] = []
    again = k2s.upload(path, folder=folder.id, name="the-same-again", on_progress=told.append)
    if told[-1].bytes_on_wire:
        raise SystemExit("content that is stored already was sent again")
    step(f"uploaded again as {again.name}: found by its hash, no byte was sent")

    for item in k2s.files.iter_files_list(parent=folder.id):
        print(f"   {item.name}  {item.size} bytes")
    step("listed the folder")

    k2s.download(file, copy, overwrite=True, on_progress=bar)
    step(f"downloaded {copy.name}")

    if not filecmp.cmp(path, copy, shallow=False):
        raise SystemExit("the copy differs from the file")
    step("compared: both are the same")

    k2s.files.delete_files(ids=[str(file.id), str(again.id), folder.id])
    copy.unlink()
    step("deleted files, folder and copy")

    try:
        k2s.downloads.get_url(file_id=str(file.id))
    except NotFoundError as error:
        step(f'a file that is gone: {type(error).__name__}, code {error.service_code}, "{error.message}"')

print("RESULT", json.dumps({"steps": steps, "bytes": path.stat().st_size, "outcome": "ok"}))
