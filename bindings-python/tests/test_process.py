"""What a process lives through: imports, forks, interrupts, ends with calls in flight."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
from typing import Any

import pytest
from emulator import World
from fileferry import Keep2Share


def run(program: str, world: World, *arguments: str, held: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program in an interpreter of its own. `OPTIONS` are those of a client.

    The program's input ends once the emulator holds an answer to the operation `held`.
    """
    prelude = f"import json\nOPTIONS = json.loads({json.dumps(world.token_of())!r})\n"
    command = [sys.executable, "-X", "dev", "-W", "error", *arguments, "-c", prelude + textwrap.dedent(program)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if held is not None:
        world.wait_for("held", held)
    output, errors = process.communicate(timeout=30)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def test_import_takes_in_what_is_used(world: World) -> None:
    program = """
        import sys, fileferry
        assert "fileferry._generated.keep2share.models" not in sys.modules
        fileferry.Keep2Share(**OPTIONS)
        assert "asyncio" not in sys.modules
        assert "fileferry._generated.keep2share.async_client" not in sys.modules
    """
    finished = run(program, world)
    assert (finished.stderr, finished.returncode) == ("", 0)


def test_asyncio_run_ends_clean_with_calls_in_flight(world: World) -> None:
    world.fault("hold", "accountInfo", times=None)
    world.fault("hold", "upload", times=None, at_byte=1000)
    program = """
        import asyncio, io, sys
        from fileferry import AsyncKeep2Share

        client = AsyncKeep2Share(rate=0, **OPTIONS)

        async def main():
            calls = [client.account.account_info() for _ in range(5)]
            calls.append(client.upload(io.BytesIO(bytes(1_000_000)), name="file"))
            tasks = [asyncio.ensure_future(call) for call in calls]
            await asyncio.to_thread(sys.stdin.read)
            return tasks

        tasks = asyncio.run(main())
        assert all(task.cancelled() for task in tasks)
    """
    finished = run(program, world, held="upload")
    assert (finished.stderr, finished.returncode) == ("", 0)
    assert world.wait_for("client_closed", "accountInfo")
    assert world.wait_for("client_closed", "upload")


@pytest.mark.parametrize("fault", ["hold", "latency"])
@pytest.mark.parametrize("ending", ["", "raise SystemExit(0)", "loop.stop(); loop.close()"])
def test_a_process_ends_with_calls_in_flight(world: World, ending: str, fault: str) -> None:
    # Held calls are still in flight at the end, late ones come in at that very moment.
    world.fault(fault, "accountInfo", latency_ms=50, times=None)
    program = f"""
        import asyncio, sys, threading
        from fileferry import AsyncKeep2Share, Keep2Share

        threads = Keep2Share(rate=0, **OPTIONS)
        for _ in range(5):
            threading.Thread(target=threads.account.account_info, daemon=True).start()
        loop = asyncio.new_event_loop()
        client = AsyncKeep2Share(rate=0, **OPTIONS)
        futures = [client._caller.native.call("account.accountInfo", "{{}}", "", loop) for _ in range(20)]
        sys.stdin.read()
        {ending}
    """
    finished = run(program, world, "-W", "ignore::ResourceWarning", held="accountInfo" if fault == "hold" else None)
    assert (finished.stderr, finished.returncode) == ("", 0)


def test_a_process_ends_while_idle(world: World) -> None:
    finished = run("from fileferry import Keep2Share; Keep2Share(**OPTIONS).account.account_info()", world)
    assert (finished.stderr, finished.returncode) == ("", 0)


def test_ctrl_c_in_a_program_of_its_own(world: World) -> None:
    world.fault("hold", "accountInfo")
    program = f"from fileferry import Keep2Share; Keep2Share(**{world.token_of()!r}).account.account_info()"
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    world.wait_for("held", "accountInfo")
    process.send_signal(signal.SIGINT)
    _output, errors = process.communicate(timeout=10)
    assert "KeyboardInterrupt" in errors
    assert world.wait_for("client_closed", "accountInfo")


def call_in_child(client: Keep2Share, queue: multiprocessing.Queue[Any]) -> None:
    queue.put((client.account.account_info().available_traffic, client.export_session()))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_works_at_once(world: World) -> None:
    client = Keep2Share(**world.sign_in_with())
    traffic = client.account.account_info().available_traffic
    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[Any] = context.Queue()
    children = [context.Process(target=call_in_child, args=(client, queue)) for _ in range(2)]
    for child in children:
        child.start()
    seen = [queue.get(timeout=10) for _ in children]
    for child in children:
        child.join(10)
    assert [child.exitcode for child in children] == [0, 0]
    # The parent's session is used on: no child signs in again.
    assert seen == [(traffic, client.export_session())] * 2
    assert len(world.requests("login")) == 1
    assert client.account.account_info().available_traffic == traffic


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_has_the_session_of_a_call_that_was_stopped(world: World) -> None:
    client = Keep2Share(**world.sign_in_with())
    world.fault("hold", "accountInfo")

    def press() -> None:
        world.wait_for("held", "accountInfo")
        os.kill(os.getpid(), signal.SIGINT)

    pressing = threading.Thread(target=press)
    pressing.start()
    with pytest.raises(KeyboardInterrupt):
        client.account.account_info()
    pressing.join()
    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[Any] = context.Queue()
    child = context.Process(target=call_in_child, args=(client, queue))
    child.start()
    assert queue.get(timeout=10)[1] == client.export_session()
    child.join(10)
    assert len(world.requests("login")) == 1


def is_closed_in_child(client: Keep2Share, queue: multiprocessing.Queue[Any]) -> None:
    queue.put(client.closed)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_closed_client_is_closed_in_a_child_too(world: World) -> None:
    client = Keep2Share(**world.token_of())
    client.close()
    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[Any] = context.Queue()
    child = context.Process(target=is_closed_in_child, args=(client, queue))
    child.start()
    assert queue.get(timeout=10)
    child.join(10)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_of_asyncio(world: World) -> None:
    program = """
        import asyncio, os, sys
        from fileferry import AsyncKeep2Share, ClientClosedError

        async def once(client):
            return (await client.account.account_info()).available_traffic

        client = AsyncKeep2Share(**OPTIONS)
        pages = client.files.iter_files_list()
        first = asyncio.run(once(client))
        child = os.fork()
        if child == 0:
            assert asyncio.run(once(client)) == first
            try:
                asyncio.run(pages.__anext__())
            except ClientClosedError as error:
                assert "forked" in str(error)
                os._exit(7)
        _pid, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 7
        assert asyncio.run(once(client)) == first
    """
    finished = run(program, world, "-W", "ignore::DeprecationWarning")
    assert (finished.stderr, finished.returncode) == ("", 0)
