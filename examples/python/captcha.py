"""Download without an account: `python captcha.py LINK FOLDER` asks for the captcha on the terminal and waits."""

import argparse
import mimetypes
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fileferry import CaptchaStep, FileFerryError, Keep2Share, Progress


def solve(step: CaptchaStep) -> str:
    """Ask whoever sits at the terminal; after a wrong answer the library asks again, with another captcha."""
    if step.kind != "image":
        return ask(f"Open {step.url} and paste what it gives:")
    picture, media_type = step.image()
    with TemporaryDirectory(prefix="fileferry-") as folder:
        path = Path(folder) / f"captcha{mimetypes.guess_extension(media_type) or ''}"
        path.write_bytes(picture)
        return ask(f"What does the picture in {path} show?")


def ask(question: str) -> str:
    print(question, flush=True)
    return input()


def draw(progress: Progress) -> None:
    done = progress.fraction or 0.0
    end = "\n" if progress.phase == "done" else "\r"
    print(f"{progress.phase:<12} {done:4.0%}", end=end, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Download a file without an account.")
    parser.add_argument("link", help="the file's page")
    parser.add_argument("folder", type=Path, help="where the file goes")
    arguments = parser.parse_args()
    try:
        # A target that is not there yet would be taken for the name of a file.
        arguments.folder.mkdir(parents=True, exist_ok=True)
        with Keep2Share(base_url=os.environ.get("FILEFERRY_BASE_URL"), on_captcha=solve) as k2s:
            file = k2s.download(arguments.link, arguments.folder, on_progress=draw)
    except FileFerryError as error:
        sys.exit(f"{error.kind}: {error}")
    except OSError as error:
        sys.exit(str(error))
    except EOFError:
        sys.exit("nobody answers the captcha: the input has ended")
    except KeyboardInterrupt:
        sys.exit("stopped")
    print(f"saved {file.path}")


if __name__ == "__main__":
    main()
