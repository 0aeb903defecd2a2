"""The code that the READMEs show: type-checked with the tests, so that it cannot drift, and never run."""

from pathlib import Path

from fileferry import CaptchaStep, Keep2Share


def quick_start(token: str) -> None:
    with Keep2Share(access_token=token) as k2s:
        for item in k2s.files.iter_files_list(parent="/"):
            print(item.name, item.size)
        file = k2s.upload("movie.mp4", folder="/", on_progress=print)
        print(file.link)


def options(k2s: Keep2Share) -> None:
    k2s.files.get_files_list(options={"deadline": 5.0, "max_attempts": 1, "extra": {"new_parameter": 1}})


def signing_in(k2s: Keep2Share) -> None:
    flow = k2s.sign_in()
    while isinstance(flow.step, CaptchaStep):
        picture, media_type = flow.step.image()
        Path("captcha").write_bytes(picture)
        flow.step.answer(input(f"What does the picture show ({media_type} in the file captcha)? "))
