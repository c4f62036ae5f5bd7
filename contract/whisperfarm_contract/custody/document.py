"""The chain of one job as a file that can be verified without the farm."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from whisperfarm_contract.custody.commitment import Opening
from whisperfarm_contract.custody.entry import Entry, from_wire

KIND = "whisperfarm.custody"
VERSION = 1
_MEMBERS = {"document", "version", "job", "tenant", "issued_at", "entries", "personal", "signature"}

UNSIGNED = (
    "this document is not signed: the farm has no key (WHISPERFARM_CUSTODY_KEY_FILE). Its hashes"
    " prove that its entries belong together, and not who wrote them"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyDocument:
    """What a document has, apart from its signature."""

    job: str
    tenant: str
    entries: Sequence[Entry]
    openings: Sequence[Opening]


def custody_document(
    job: str,
    tenant: str,
    *,
    issued_at: str,
    entries: Iterable[Entry],
    openings: Iterable[Opening],
) -> dict[str, Any]:
    """Return the document of a chain, not yet signed."""
    return {
        "document": KIND,
        "version": VERSION,
        "job": job,
        "tenant": tenant,
        "issued_at": issued_at,
        "entries": [entry.to_wire() for entry in entries],
        "personal": [asdict(opening) for opening in openings],
        "signature": None,
        "note": UNSIGNED,
    }


def read_document(wire: Any) -> CustodyDocument:
    """Return the content of a document. Raises `ValueError` if it is not one."""
    if not isinstance(wire, Mapping) or wire.get("document") != KIND:
        raise ValueError(f"it has no member `document` with the value {KIND}")
    if wire.get("version") != VERSION:
        raise ValueError(f"its version is {wire.get('version')!r}; this program reads {VERSION}")
    if set(wire) - {"note"} != _MEMBERS:
        raise ValueError(f"it does not have the members {', '.join(sorted(_MEMBERS))}")
    try:
        return CustodyDocument(
            job=wire["job"],
            tenant=wire["tenant"],
            entries=[from_wire(wire["job"], entry) for entry in wire["entries"]],
            openings=[Opening(**opening) for opening in wire["personal"]],
        )
    except TypeError as error:
        raise ValueError(f"a member has another form ({error})") from error
