"""Verifies all chains of a ledger."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from whisperfarm.custody.files import ExportedRoot
from whisperfarm.custody.root_check import find_root_faults
from whisperfarm_contract.custody import Entry, find_break
from whisperfarm_dispatcher.custody import PublicKeys
from whisperfarm_store.ledger import Audit, ChainRow


@dataclass(slots=True)
class LedgerCheck:
    """A check of the ledger at one time. It counts what it reads.

    `keys` are those by which roots may be signed, or `None` to take the one that a root names.
    """

    audit: Audit
    keys: PublicKeys | None = None
    exported: Sequence[ExportedRoot] = ()
    jobs: int = 0
    entries: int = 0

    def run(self) -> Iterator[str]:
        """Yield each difference between the ledger and what was written to it."""
        yield from self._chains()
        yield from map(_describe_row, filter(_differs, self.audit.chain_rows()))
        for job in self.audit.jobs_without_chain():
            yield f"job {job}: the row of its chain is missing"
        yield from self._openings()
        yield from find_root_faults(self.audit, self.keys, self.exported)

    def _chains(self) -> Iterator[str]:
        for job, entries in self.audit.chains():
            self.jobs += 1
            broken = find_break(job, self._counted(entries))
            if broken is not None:
                yield f"job {job}: {broken}"

    def _counted(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        for entry in entries:
            self.entries += 1
            yield entry

    def _openings(self) -> Iterator[str]:
        for job, opening, body in self.audit.openings():
            if not opening.matches(_object(body)):
                yield (
                    f"job {job}: entry {opening.number}: the value of {opening.field!r} beside it"
                    " was changed"
                )


def _differs(row: ChainRow) -> bool:
    return (row.entries, row.covered, row.tenant) != _from_entries(row)


def _describe_row(row: ChainRow) -> str:
    entries, covered, tenant = _from_entries(row)
    if row.last is None:
        return f"job {row.job}: all entries are missing; there were {row.entries}"
    if row.entries != entries:
        return f"job {row.job}: entry {row.last} is the last, and {row.entries} should be"
    if row.covered != covered:
        return f"job {row.job}: roots cover {covered} of its entries, and not {row.covered}"
    return f"job {row.job}: its tenant is {row.tenant!r}, and that of entry 1 is {tenant!r}"


def _from_entries(row: ChainRow) -> tuple[Any, Any, Any]:
    """Return what the row should have, by the entries and leaves of the job."""
    return row.last, row.leaf or 0, _object(row.first_body).get("tenant")


def _object(body: str | None) -> dict[str, Any]:
    """Return the object in a body; one that is not an object is a break of its chain."""
    try:
        value = json.loads(body or "")
    except (TypeError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
