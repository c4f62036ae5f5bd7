"""How long each file has not changed."""

from collections.abc import Mapping
from typing import NamedTuple

from whisperfarm.watch.scan import Version


class _Seen(NamedTuple):
    version: Version
    since: float


class Stability:
    """Remembers since when each file has its version, by the clock of this process.

    The modification time alone cannot say it: a copy may keep that of its source, and the clock of
    a file server may be wrong.
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def update(self, found: Mapping[str, Version], now: float) -> dict[str, float]:
        """Return the seconds for which each of the files has not changed."""
        self._seen = {path: self._see(path, version, now) for path, version in found.items()}
        return {path: now - seen.since for path, seen in self._seen.items()}

    def _see(self, path: str, version: Version, now: float) -> _Seen:
        seen = self._seen.get(path)
        return seen if seen is not None and seen.version == version else _Seen(version, now)
