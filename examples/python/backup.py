"""Back up a folder: `python backup.py FOLDER` uploads it into `/Backups`, under its name and the date of today.

The name and password of the account are in `FILEFERRY_USERNAME` and `FILEFERRY_PASSWORD`. Content that is stored
already is found by its hash, so a file that has not changed since the last time costs no bytes.
"""

import argparse
import os
import sys
from datetime import date
from pathlib import Path

from fileferry import FileFerryError, FolderProgress, FolderReport, Keep2Share


def draw(progress: FolderProgress) -> None:
    percent = 100 * progress.bytes_done // (progress.bytes_total or 1)
    print(f"\r{progress.files_done} of {progress.files_total} files, {percent} %", end="", flush=True)


def back_up(k2s: Keep2Share, folder: Path, name: str) -> FolderReport:
    backups = k2s.make_folder("Backups", exist_ok=True)
    try:
        return k2s.upload_folder(folder, folder=backups, name=name, on_progress=draw)
    finally:
        print()


def main() -> None:
    parser = argparse.ArgumentParser(description="Upload a folder into /Backups.")
    parser.add_argument("folder", type=Path, help="what to back up")
    # Resolved, so that `.` has a name too.
    folder: Path = parser.parse_args().folder.resolve()
    name = f"{folder.name} {date.today().isoformat()}"
    try:
        with Keep2Share(
            username=os.environ["FILEFERRY_USERNAME"],
            password=os.environ["FILEFERRY_PASSWORD"],
            base_url=os.environ.get("FILEFERRY_BASE_URL"),
        ) as k2s:
            report = back_up(k2s, folder, name)
    except FileFerryError as error:
        sys.exit(f"{error.kind}: {error}")
    except KeyboardInterrupt:
        sys.exit("stopped: what is uploaded stays there")
    for item in report.items:
        if item.error is not None:
            print(f"not backed up: {item.path}: {item.error.message}")
    print(f"backed up {report.uploaded} files ({report.bytes} bytes) to /Backups/{name}")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
