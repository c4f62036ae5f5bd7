"""Verifies the audit log, from the ledger or from a file."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from whisperfarm.custody.files import read_json
from whisperfarm.custody.problem import CustodyBroken
from whisperfarm_contract.audit import CHAIN
from whisperfarm_contract.custody import find_break
from whisperfarm_contract.custody.entry import NO_PREVIOUS, Entry, from_wire


def read_entries(path: Path) -> list[Entry]:
    """Return the entries of a file that `whisperfarm audit list --format json` wrote.

    Raises `CustodyBroken` if it is not one.
    """
    try:
        return [from_wire(CHAIN, one) for one in read_json(path)["entries"]]
    except (KeyError, TypeError, ValueError) as error:
        raise CustodyBroken(f"{path} is not an audit log: {error}") from error


def check_entries(entries: Iterable[Entry], *, known_hash: str | None) -> str:
    """Return what was found to be true. Raises `CustodyBroken` with the first entry that was
    changed, or if no entry has `known_hash`."""
    checked = _Checked(known_hash)
    remaining = iter(entries)
    first = next(remaining, None)
    broken = first and find_break(CHAIN, checked.see(chain([first], remaining)))
    if broken:
        raise CustodyBroken(f"the audit log: {broken}")
    if known_hash is not None and not checked.is_known:
        raise CustodyBroken(
            f"the audit log: no entry has the hash {known_hash}: it was written again, or cut"
        )
    return f"{checked.count} entries, none was changed; the hash of the last is {checked.last}"


class _Checked:
    """What is left to say of entries that pass by."""

    def __init__(self, known_hash: str | None) -> None:
        self._known_hash = known_hash
        self.count, self.last, self.is_known = 0, NO_PREVIOUS, False

    def see(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            self.count, self.last = entry.number, entry.hash
            self.is_known = self.is_known or entry.hash == self._known_hash
            yield entry
