"""The emulator as tests use it: one process, and a world of its own for each test."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


class Emulator:
    """A running emulator."""

    def __init__(self) -> None:
        program = os.environ.get("FILEFERRY_EMULATOR", str(_ROOT / "target/debug/fileferry-emulator"))
        self._process = subprocess.Popen(
            [program, "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.control: str = json.loads(self._process.stdout.readline())["control"]

    def world(self) -> World:
        """Make a world."""
        world = _request("POST", f"{self.control}/worlds", {})
        return World(f"{self.control}/worlds/{world['id']}", world["services"]["keep2share"])

    def stop(self) -> None:
        """End the process."""
        self._process.communicate(timeout=10)


class World:
    """A world: accounts, requests and faults that no other test sees."""

    def __init__(self, control: str, service: dict[str, Any]) -> None:
        self.control = control
        self.base_url: str = service["base_url"]
        self.accounts: dict[str, dict[str, str]] = service["accounts"]

    def sign_in_with(self, kind: str = "premium") -> dict[str, Any]:
        """Give user name and password of an account as options of a client."""
        account = self.accounts[kind]
        return {"base_url": self.base_url, "username": account["username"], "password": account["password"]}

    def token_of(self, kind: str = "premium") -> dict[str, Any]:
        """Give the token of an account as options of a client."""
        return {"base_url": self.base_url, "access_token": self.accounts[kind]["access_token"]}

    def secrets(self, kind: str = "premium") -> list[str]:
        """Give what must never be shown."""
        return [self.accounts[kind]["password"], self.accounts[kind]["access_token"]]

    def fault(self, fault: str, path: str = "*", **members: Any) -> None:
        """Order a fault."""
        self.order("faults", service="keep2share", fault=fault, path=path, **members)

    def odd(self, name: str) -> None:
        """Switch an odd form on."""
        self.order("odd", service="keep2share", name=name)

    def order(self, what: str, /, **members: Any) -> Any:
        """Order something."""
        return _request("POST", f"{self.control}/{what}", members)

    def requests(self, operation: str | None = None) -> list[dict[str, Any]]:
        """Give the requests so far."""
        query = f"?operation={operation}" if operation else ""
        return _request("GET", f"{self.control}/requests{query}")["requests"]

    def wait_for(self, outcome: str, operation: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until requests of an operation came to an outcome."""
        query = f"wait_for={outcome}&operation={operation}&count={count}&timeout_ms=10000"
        return _request("GET", f"{self.control}/requests?{query}")["requests"]

    def violations(self) -> list[dict[str, Any]]:
        """Give what no document allows."""
        return _request("GET", f"{self.control}/violations")["violations"]

    def captcha(self, challenge: str | None) -> str:
        """Give the answer to a captcha."""
        return _request("GET", f"{self.control}/captchas/{challenge}")["answer"]


def _request(method: str, url: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=15) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {url}: {error.read().decode()}") from None
