"""The thread that brings results from the native library to event loops."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fileferry._native import Letters


def start(letters: Letters) -> None:
    """Start the thread. It ends with the process."""
    threading.Thread(target=_deliver, args=(letters,), name="fileferry-courier", daemon=True).start()


def _deliver(letters: Letters) -> None:
    while batch := letters.take():
        for event_loop, callback in batch:
            try:
                event_loop.call_soon_threadsafe(callback)
            except RuntimeError:
                # A program may end its loop while a call is in flight: then nobody waits for the result.
                if not event_loop.is_closed():
                    logging.getLogger("fileferry").exception("an event loop takes no results")
            # While this thread waits, it must not keep a finished loop alive.
            del event_loop, callback
        del batch
