"""The service made of traps: every type, every odd name, every kind of answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from both import collected, pickled, settled
from fileferry import InvalidArgumentError, Variant
from generated.traps.async_client import AsyncTraps
from generated.traps.client import Traps
from generated.traps.models import (
    Colour,
    HeadersResult,
    Item,
    Nothing,
    OneOfAnswer,
    OneOfAnswerCreated,
    OneOfAnswerEmpty,
    OneOfAnswerOther,
    OneOfAnswerProgress,
    Progress,
    Self,
    Shapes,
    Tree,
)

SHAPES = {
    "must": 7,
    "yes_no": "1",
    "whole": "12.0",
    "big": 9007199254740993,
    "real": 1.5,
    "money": 12.30,
    "words": "text",
    "colour": "puce",
    "level": 9,
    "seconds": 1_600_000_000,
    "millis": 1_600_000_000_123,
    "iso": "2020-01-02T03:04:05.5+01:00",
    "local": "2020-01-02 03:04:05",
    "anything": {"a": [1, None]},
    "list": [1, "2"],
    "holes": ["a", None],
    "one_or_more": {"name": "alone"},
    "by_key": {"key": {"count": 1}},
    "map": {"odd key": 1},
    "map_or_list": [],
    "pair": ["a", 2, {"name": "third"}],
    "short": "its name",
    "child": {"must": "inner"},
    "children": [{"must": "first"}],
    "old_name": "renamed",
    "hidden": "a secret",
    "nested": {"key": [[{"name": "deep"}]]},
    "unknown": 1,
}


class Server(ThreadingHTTPServer):
    """Plays answers, and keeps what was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.seen: list[tuple[str, str, dict[str, list[str]]]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def play(self, answer: Any, status: int = 200, **headers: str) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.answers.append((status, {"Content_Type": "application/json", **headers}, body))


class Handler(BaseHTTPRequestHandler):
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.seen.append((self.command, self.path, parse_qs(body, keep_blank_values=True)))
        status, headers, content = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[Traps, AsyncTraps])
def client(request: pytest.FixtureRequest, server: Server) -> Any:
    return request.param(base_url=server.url, key="key", max_attempts=1)


async def test_every_type(client: Any, server: Server) -> None:
    server.play(SHAPES)
    shapes: Shapes = await settled(client.shapes.all())
    await settled(client.close())
    assert shapes.must == "7"
    assert shapes.yes_no is True
    assert (shapes.whole, shapes.big, shapes.real) == (12, 9007199254740993, 1.5)
    assert shapes.money == Decimal("12.3")
    assert isinstance(shapes.money, Decimal)
    assert (shapes.colour, shapes.level) == ("puce", "high")
    assert shapes.seconds == datetime(2020, 9, 13, 12, 26, 40, tzinfo=timezone.utc)
    assert shapes.millis == datetime(2020, 9, 13, 12, 26, 40, 123_000, tzinfo=timezone.utc)
    assert shapes.iso == datetime(2020, 1, 2, 2, 4, 5, 500_000, tzinfo=timezone.utc)
    assert shapes.local == datetime(2020, 1, 2, 3, 4, 5)
    assert shapes.either is None
    assert shapes.anything == {"a": [1, None]}
    assert (shapes.list, shapes.holes) == ([1, 2], ["a", None])
    assert shapes.one_or_more == [Item(name="alone")]
    assert shapes.by_key == [Item(name="key", count=1)]
    assert (shapes.map, shapes.map_or_list) == ({"odd key": 1}, {})
    assert shapes.pair == ("a", 2, Item(name="third"))
    assert shapes.short == Item(name="its name")
    assert shapes.child == Shapes(must="inner")
    assert shapes.children == [Shapes(must="first")]
    assert shapes.renamed == "renamed"
    assert shapes.nested == {"key": [[Item(name="deep")]]}
    assert shapes.extra == {"unknown": 1}
    assert "a secret" not in repr(shapes)
    assert Shapes.from_json(shapes.to_json()) == shapes
    assert pickled(shapes) == shapes


async def test_times_beyond_pythons_calendar_spoil_nothing(client: Any, server: Server) -> None:
    server.play({"must": "x", "millis": -(10**14), "seconds": 10**17})
    shapes = await settled(client.shapes.all())
    await settled(client.close())
    assert (shapes.must, shapes.millis, shapes.seconds) == ("x", None, None)


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (201, {"name": "new"}, OneOfAnswerCreated(Item(name="new"))),
        (200, {"progress": 0.5}, OneOfAnswerProgress(Progress(progress=0.5))),
        (200, b"", OneOfAnswerEmpty()),
        (200, {"must": 1}, OneOfAnswerOther(Shapes(must="1"))),
    ],
)
async def test_one_of_several_answers(client: Any, server: Server, status: int, answer: Any, expected: Any) -> None:
    server.play(answer, status)
    value: Variant = await settled(client.answers.one_of())
    await settled(client.close())
    assert isinstance(value, OneOfAnswer)
    assert value == expected
    assert type(value).from_dict(value.to_dict()) == value
    assert pickled(value) == value
    others = [kind for kind in (OneOfAnswerCreated, OneOfAnswerEmpty) if kind is not type(value)]
    with pytest.raises(InvalidArgumentError, match=type(value).__name__):
        others[0].from_dict(value.to_dict())


async def test_reserved_words(client: Any, server: Server) -> None:
    words = {"class": "a", "in": 1, "None": "b", "self": "c", "extra": "d", "2nd": "e", "X-Odd-Name": "f", "größe": 7}
    server.play(words | {"surprise": 1})
    given = Self(class_="x", self_="y", extra_="z")
    result = await settled(client.class_.import_(from_="here", async_=True, options_="o", self_="s", thing=given))
    await settled(client.close())
    assert (result.class_, result.in_, result.none, result.self_) == ("a", 1, "b", "c")
    assert (result.extra_, result.n2nd, result.x_odd_name, result.größe) == ("d", "e", "f", 7)
    assert result.extra == {"surprise": 1}
    assert Self.from_dict(result.to_dict()) == result
    _method, path, form = server.seen[0]
    assert path == "/import"
    assert (form["from"], form["options"], form["self"]) == (["here"], ["o"], ["s"])


async def test_the_rest(client: Any, server: Server) -> None:
    server.play({"body": "text"}, ETag="abc", X_Left="3")
    assert await settled(client.answers.headers()) == HeadersResult(etag="abc", left=3, body="text")
    server.play({})
    assert await settled(client.shapes.nothing()) == Nothing()
    server.play([1, "two"])
    assert await settled(client.shapes.anything()) == [1, "two"]
    server.play(b"bytes", Content_Type="application/octet-stream")
    assert await settled((await settled(client.answers.bytes())).read()) == b"bytes"
    assert await settled(client.answers.link(name="x y")) == f"{server.url}/link/x%20y"
    server.play({})
    assert await settled(client.class_.delete(id="a b/c")) is None
    server.play({"branches": [{"tree": {"root": {"leaf": "end"}}}]})
    tree: Tree = await settled(client.shapes.tree())
    assert tree.branches is not None
    assert repr(tree) == "Tree(branches=[Branch(tree=Tree(root=Branch(leaf='end')))])"
    for page in ([{"name": "a"}, {"name": "b"}], [{"name": "c"}]):
        server.play({"items": page, "total": 3})
    assert [item.name for item in await collected(client.pages.iter(per=2))] == ["a", "b", "c"]
    assert (Colour.NONE, Colour.N1ST) == ("None", "1st")
    await settled(client.close())
