"""Exports the roots that the target does not have yet."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from whisperfarm_contract.problems import Problem
from whisperfarm_dispatcher.custody.export.targets import Target
from whisperfarm_dispatcher.custody.export.timestamp import TimeAuthority
from whisperfarm_store import events
from whisperfarm_store.ledger import Custody

EXPORT_INTERVAL_S = 600.0


class RootExport:
    """Export of roots as `<number>.json`, each with `<number>.tsr` if there is a time authority.

    Safe to run in several dispatchers at once.
    """

    def __init__(self, custody: Custody, target: Target, authority: TimeAuthority | None) -> None:
        self._roots = custody.roots
        self._target = target
        self._authority = authority

    def run_once(self) -> bool:
        """Export what is missing, the oldest first. Returns False: nothing is left to do."""
        number = 0
        try:
            for number in reversed(list(self._missing())):
                self._export(number)
        except (Problem, OSError) as error:
            events.custody.export_failed.log(number=number, error=str(error))
        return False

    def _missing(self) -> Iterator[int]:
        """Yield the numbers of roots from the last one back to one that was exported whole."""
        latest = self._roots.latest()
        for number in range(latest["number"] if latest else 0, 0, -1):
            if all(self._target.size(name) is not None for name in self._names(number)):
                return
            yield number

    def _names(self, number: int) -> list[str]:
        endings = ["json"] if self._authority is None else ["json", "tsr"]
        return [f"{number:08d}.{ending}" for ending in endings]

    def _export(self, number: int) -> None:
        document = root_file(self._roots.get(number))
        name, *stamp = self._names(number)
        if self._target.size(name) is None:
            self._target.put(name, document)
        if self._authority is not None and self._target.size(stamp[0]) is None:
            self._target.put(stamp[0], self._authority.stamp(document))
        events.custody.root_exported.log(number=number, stamped=self._authority is not None)


def root_file(root: Mapping[str, Any]) -> bytes:
    """Return the content of the file of a root."""
    return f"{json.dumps(root, indent=2)}\n".encode()
