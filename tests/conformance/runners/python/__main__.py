"""Runs the conformance cases through the package as a program would use it.

A line of JSON for each case comes in, a line goes out. The argument `python_async` takes the clients for asyncio, each
case in an event loop of its own. Both sorts have the same names, so the code is one: it awaits what can be awaited.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import sys
from collections.abc import AsyncIterable, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

from arguments import keywords
from declared import BYTES, JSON, NOTHING, TEXT, Declared, Items, Object, Operation, Service, Types
from fileferry import CaptchaInvalidError, FileFerryError, FolderProgress, Progress
from generated import service
from generated.shared import TYPES as SHARED_TYPES
from observe import NULL, Seen, content, seen, stream, text

T = TypeVar("T")

# What all services do alike, beside what moves files: the method, and what it gives.
SHARED_VERBS: dict[str, tuple[str, Declared]] = {
    "stat": ("stat", Object("Entry")),
    "makeFolder": ("make_folder", Object("Entry")),
    "move": ("move", Object("Entry")),
    "rename": ("rename", Object("Entry")),
    "delete": ("delete", NOTHING),
    "shareLink": ("share_link", TEXT),
    "account": ("account", Object("Account")),
}


class Case:
    """One case: what it asks for, and what was heard while it ran."""

    def __init__(self, line: dict[str, Any], *, is_async: bool) -> None:
        self.line = line
        self.service: Service = service(line["service"])
        self.is_async = is_async
        self.progress: list[dict[str, Any]] = []
        self.responses: list[tuple[int, dict[str, str]]] = []
        self.debug: list[str] = []

    async def run(self) -> dict[str, Any]:
        """Perform the case; what went wrong in the runner itself is raised."""
        client = None
        try:
            client = self._client()
            if self.line["close_first"]:
                await settled(client.close())
            observation = await self._perform(client)
            return self._reply("value", client, observation=observation)
        except FileFerryError as error:
            self.debug += [repr(error), str(error)]
            # Taken from what a program reads: the record could make up for a wrong unit.
            wait = None if error.retry_after is None else round(error.retry_after * 1000)
            record = {**error.to_dict(), "retry_after_ms": wait, "class": type(error).__name__}
            return self._reply("error", client, error=record)
        finally:
            if client is not None:
                await settled(client.close())

    def _client(self) -> Any:
        settings = dict(self.line["client"])
        captcha = settings.pop("on_captcha", None)
        arguments = keywords(settings, self.service.credentials, self.service.types)
        if captcha is not None:
            arguments["on_captcha"] = lambda _step: captcha  # pyright: ignore[reportUnknownLambdaType]
        return (self.service.async_client if self.is_async else self.service.client)(**arguments)

    def _reply(self, outcome: str, client: Any, **members: Any) -> dict[str, Any]:
        heard = {"debug": [*self.debug, repr(client)], "progress": self.progress, "responses": self.responses}
        return {"case": self.line["case"], "outcome": outcome, **members, **heard}

    async def _perform(self, client: Any) -> Seen:
        call = {name: self._file(value) for name, value in self.line["call"].items()}
        options = {**self.line["options"], "on_response": self._on_response}
        match self.line["verb"]:
            case None:
                return await self._operation(client, call, options)
            case "upload":
                return self._shared(await self._transfer(client.upload, call, options), "Entry")
            case "uploadFolder":
                return self._shared(await self._transfer(client.upload_folder, call, options), "FolderReport")
            case "download":
                return self._shared(await self._transfer(client.download, call, options), "Entry")
            case "request":
                path, params = call["path"], call.get("params")
                return self._seen(await settled(client.request(call["method"], path, params, options=options)), JSON)
            case "signIn":
                return await self._sign_in(client, call.get("answers", []), fetches_images=call.get("images", False))
            case "list":
                entries = await collected(client.list(**call, options=options))
                return self._seen(entries, Items(Object("Entry")), SHARED_TYPES)
            case "remoteUpload":
                return self._shared(await self._transfer(client.remote_upload, call, options), "Entry")
            case "capabilities":
                return self._shared(client.capabilities(), "Capabilities")
            case verb:
                method, result = SHARED_VERBS[verb]
                return self._seen(await settled(getattr(client, method)(**call, options=options)), result, SHARED_TYPES)

    async def _operation(self, client: Any, call: dict[str, Any], options: dict[str, Any]) -> Seen:
        operation: Operation = self.service.operations[self.line["operation"]]
        group = getattr(client, operation.group)
        arguments = keywords(call, operation.arguments, self.service.types)
        if self.line["iterate"]:
            assert operation.iterator is not None
            assert operation.item is not None
            items = await collected(getattr(group, operation.iterator)(**arguments, options=options))
            return self._seen(items, Items(operation.item))
        result = await settled(getattr(group, operation.method)(**arguments, options=options))
        if operation.result == BYTES:
            self.debug.append(repr(result))
            return stream(result.media_type, result.length, b"".join(await collected(result)))
        return self._seen(result, operation.result)

    async def _transfer(self, verb: Callable[..., Any], call: dict[str, Any], options: dict[str, Any]) -> Any:
        arguments = keywords(call, {**self.service.upload, **self.service.download}, self.service.types)
        # The first arguments of these verbs are given by their places in every program.
        places = [arguments.pop(name) for name in ("source", "target", "to") if name in arguments]
        return await settled(verb(*places, **arguments, on_progress=self._on_progress, options=options))

    async def _sign_in(self, client: Any, answers: list[str], *, fetches_images: bool) -> Seen:
        flow = await settled(client.sign_in())
        steps: list[Seen] = []
        waiting = list(answers)
        while flow.step.name != "done":
            steps.append(await self._step(flow.step, fetches_images=fetches_images))
            if flow.step.name == "wait":
                await settled(flow.step.proceed())
            elif waiting:
                await self._answer(flow, waiting)
            else:
                break
        self.debug.append(repr(flow))
        return {"steps": steps, "result": NULL}

    async def _answer(self, flow: Any, waiting: list[str]) -> None:
        try:
            await settled(flow.step.answer(waiting.pop(0)))
        except CaptchaInvalidError:
            # The flow now stands at a new captcha, for which there may be another answer.
            if not waiting:
                raise

    async def _step(self, step: Any, *, fetches_images: bool) -> Seen:
        members: dict[str, Any] = {"type": text(step.name)}
        if step.name == "captcha":
            members |= {"kind": text(step.kind), "challenge": text(step.challenge), "url": text(step.url)}
            if fetches_images and step.kind == "image":
                picture, _media_type = await settled(step.image())
                members["image"] = content(picture)
        elif step.name == "confirm":
            members |= {"url": text(step.url), "user_code": text(step.user_code)}
        return members

    def _shared(self, value: Any, model: str) -> Seen:
        return self._seen(value, Object(model), SHARED_TYPES)

    def _seen(self, value: Any, declared: Declared, types: Types | None = None) -> Seen:
        self.debug.append(repr(value))
        return seen(value, declared, self.service.types if types is None else types)

    def _file(self, value: Any) -> Any:
        if not isinstance(value, dict) or "$path" not in value:
            return cast("Any", value)
        given = cast("dict[str, str]", value)
        path = Path(given["$path"])
        match given.get("as"):
            case "bytes":
                return path.read_bytes()
            case "stream":
                return path.open("rb")
            case _:
                return str(path)

    def _on_progress(self, progress: Progress | FolderProgress) -> None:
        self.debug.append(repr(progress))
        self.progress.append({"done": progress.bytes_done, "total": progress.bytes_total})

    def _on_response(self, status: int, headers: dict[str, str]) -> None:
        self.responses.append((status, headers))


async def settled(value: Any) -> Any:
    """Await what the clients for asyncio give."""
    return await value if inspect.isawaitable(value) else value


async def collected(items: Iterable[T] | AsyncIterable[T]) -> list[T]:
    """Walk to the end."""
    return [item async for item in items] if isinstance(items, AsyncIterable) else list(items)


def run_without_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run what awaits nothing, as it has to be with the clients for threads."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("a client for threads gave something to await")


def main(language: str) -> None:
    """Answer each line of the input."""
    # Secrets are looked for in what is logged.
    log = logging.getLogger("fileferry")
    log.setLevel(logging.DEBUG)
    log.addHandler(logging.StreamHandler())
    is_async = language == "python_async"
    run = asyncio.run if is_async else run_without_loop
    for line in sys.stdin:
        record = json.loads(line)
        try:
            reply = run(Case(record, is_async=is_async).run())
        except Exception as error:
            reply = {"case": record["case"], "outcome": "runner_error", "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "python")
