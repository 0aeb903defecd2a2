"""What a program hears, and what nobody may see."""

from __future__ import annotations

import contextlib
import gc
import logging
import sys
import traceback
import weakref
from collections.abc import Generator
from typing import Any

import pytest
from both import OpenClient, collected, settled
from emulator import World
from fileferry import FileFerryError, Keep2Share


async def test_log(client: Any, world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "fileferry")
    world.fault("status", "accountInfo", status=503)
    await settled(client.account.account_info())
    records = [record for record in caplog.records if record.name == "fileferry.keep2share"]
    assert {record.__dict__["operation"] for record in records} == {"account.accountInfo"}
    assert {record.levelname for record in records} == {"DEBUG", "INFO"}


class Failing(logging.Handler):
    """A handler that raises an exception of one class."""

    def __init__(self, exception: type[BaseException]) -> None:
        super().__init__()
        self.exception = exception

    def emit(self, record: logging.LogRecord) -> None:
        raise self.exception


@contextlib.contextmanager
def handled_by(handler: logging.Handler) -> Generator[None, None, None]:
    logger = logging.getLogger("fileferry.keep2share")
    before = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


async def test_a_log_handler_that_fails_does_not_fail_the_call(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    unraisable: list[Any] = []

    def note(hook: sys.UnraisableHookArgs) -> None:
        unraisable.append(hook.exc_type)

    monkeypatch.setattr(sys, "unraisablehook", note)
    with handled_by(Failing(ZeroDivisionError)):
        assert await settled(client.account.account_info())
    assert ZeroDivisionError in unraisable


@pytest.mark.parametrize("exception", [KeyboardInterrupt, SystemExit])
def test_ctrl_c_while_a_log_handler_runs_ends_the_call(world: World, exception: type[BaseException]) -> None:
    with Keep2Share(**world.token_of()) as client, handled_by(Failing(exception)), pytest.raises(exception):
        client.account.account_info()


async def test_no_secret_is_shown(open_client: OpenClient, world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = open_client(**world.sign_in_with())
    shown: list[str] = [repr(client), str(client)]
    entry = await settled(client.upload(b"content", name="file.bin"))
    form = await settled(client.uploads.get_upload_form_data())
    link = await settled(client.downloads.get_url(file_id=entry.id))
    login = await settled(client.auth.login(**{k: v for k, v in world.sign_in_with().items() if k != "base_url"}))
    shown += map(repr, (entry, form, link, login, await collected(client.files.iter_files_list())))
    world.fault("html", "download", status=403, times=None)
    with pytest.raises(FileFerryError) as raised:
        await settled(client.open(entry))
    shown += [repr(raised.value), str(raised.value.to_dict()), "".join(traceback.format_exception(raised.value))]
    shown.append(caplog.text)
    session = client.export_session()
    assert session is not None
    secrets = [*world.secrets(), link.url, form.form_data.signature, form.form_data.params, login.auth_token]
    for secret in secrets:
        assert not any(secret in text for text in shown), secret
    assert any("file.bin" in text for text in shown)


def test_a_client_that_is_dropped_is_gone(world: World, recwarn: pytest.WarningsRecorder) -> None:
    client = Keep2Share(**world.token_of())
    client.account.account_info()
    caller = weakref.ref(client)
    gc.disable()
    try:
        del client
        assert caller() is None
    finally:
        gc.enable()
    assert len(recwarn) == 0
