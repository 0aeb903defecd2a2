"""Timing of what is warm."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDS: Final = 10_000


class Rounds:
    """How often things are done: long enough for figures, or once each."""

    def __init__(self, *, quick: bool) -> None:
        self.warm_up = 0.0 if quick else 2.0
        self.rounds = 1 if quick else 15
        self.calls = 1 if quick else 1000

    def of(self, name: str, items: int) -> Iterator[None]:
        """Run a loop's body until it is warm, then print microseconds an item, one number a round."""
        begun = perf_counter()
        while perf_counter() - begun < self.warm_up:
            yield
        took: list[float] = []
        for _ in range(self.rounds):
            started = perf_counter()
            yield
            took.append((perf_counter() - started) * 1e6 / items)
        print(f"{name}:", *(f"{microseconds:.3f}" for microseconds in took), flush=True)
