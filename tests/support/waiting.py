"""Polling, for what sends no signal: another process, or a server."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")
_PAUSE_S = 0.05


def until(look: Callable[[], Seen | None], what: str, *, within_s: float = 60) -> Seen:
    """Return what `look` sees once that is true. Fail if it is not after `within_s` seconds."""
    deadline = time.monotonic() + within_s
    while not (seen := look()):
        assert time.monotonic() < deadline, f"waited {within_s:g} s for {what}"
        time.sleep(_PAUSE_S)
    return seen
