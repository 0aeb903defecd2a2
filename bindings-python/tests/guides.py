"""The code that the guides show: type-checked with the tests, so that it cannot drift, and never run."""

import fileferry
from fileferry import CaptchaStep, Client, FileFerryError, FolderProgress, Keep2Share, NotFoundError, Progress


def signed_in(kept: str | None) -> Keep2Share:
    def solve(captcha: CaptchaStep) -> str:
        if captcha.kind == "page" and captcha.url is not None:
            return ask_on_page(captcha.url)
        picture, _media_type = captcha.image()
        return ask_for_text(picture)

    client = Keep2Share(
        username="me@example.com",
        password="correct horse",
        session=kept,
        on_session=keep,
        on_captcha=solve,
    )
    return client  # noqa: RET504 - The guide shows how it is made.


def keep(session: str) -> None: ...


def ask_on_page(url: str) -> str:
    return url


def ask_for_text(picture: bytes) -> str:
    return str(len(picture))


def errors(client: Keep2Share) -> None:
    try:
        file = client.download("5f0c2b7e41a3d", "movie.mp4")
        print(file.name, "is here")
    except NotFoundError:
        print("it is gone")
    except FileFerryError as error:
        if not error.retryable:
            raise
        print("later", error.retry_after, error)


def transfers(client: Keep2Share) -> None:
    def show(progress: Progress) -> None:
        print(progress.bytes_done, "of", progress.bytes_total)

    file = client.upload("movie.mp4", folder="/", on_progress=show)
    copy = client.download(file, "downloads", overwrite=True)
    print(copy.path)

    with client.open(file) as stream:
        for chunk in stream:
            print(len(chunk), "bytes")


def folders(client: Client) -> None:
    def show(progress: FolderProgress) -> None:
        print(progress.files_done, "of", progress.files_total, "files")

    report = client.upload_folder("Holidays", folder="/", on_progress=show)
    for item in report.items:
        if item.error is not None:
            print(item.path, item.error.kind, item.error.message)
    print(report.uploaded, "files,", report.bytes, "bytes")


def verbs(client: Client) -> None:
    folder = client.make_folder("Holidays", exist_ok=True)
    for entry in client.list(folder):
        print(entry.name, entry.size)

    file = client.stat("/Holidays/movie.mp4")
    client.rename(file, "first day.mp4")
    print(client.share_link("/Holidays/first day.mp4"))


def opened() -> None:
    link = fileferry.parse_link("https://k2s.cc/file/5f0c2b7e41a3d/movie.mp4")
    if link is not None and link.id is not None:
        with fileferry.open(link.service, access_token="my-key") as client:
            if "download" in client.capabilities().verbs:
                client.download(link.id, "downloads")


def fetched(client: Client) -> None:
    def show(progress: Progress) -> None:
        print(progress.fraction)

    stored = client.remote_upload("https://example.com/movie.mp4", "/Holidays", on_progress=show)
    print(stored.id)
