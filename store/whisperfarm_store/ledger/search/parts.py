"""The text of a transcript as rows of the index: one for each hour or two of speech."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whisperfarm_store.ledger.search.terms import pieces

MAX_TERMS = 15_000
"""PostgreSQL counts words up to 16383, and an entry of its index has up to a megabyte."""

OVERLAP = 20
"""Terms that a part shares with the next one, so that phrases between them are found."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text, and its terms."""

    text: str
    terms: Sequence[str]

    def to_fts5(self) -> str:
        """Return the terms as SQLite's FTS5 splits them again."""
        return " ".join(self.terms)

    def to_tsvector(self) -> str:
        """Return the terms with their positions, as PostgreSQL reads a `tsvector`."""
        positions: defaultdict[str, list[str]] = defaultdict(list)
        for position, term in enumerate(self.terms, start=1):
            positions[term].append(str(position))
        return " ".join(f"'{term}':{','.join(its)}" for term, its in positions.items())


def parts(text: str) -> Iterator[Part]:
    """Yield the parts of a text; none if it has no words."""
    storable = text.replace("\0", " ").encode(errors="replace").decode()
    found = list(pieces(storable))
    places = [index for index, (_, term) in enumerate(found) if term]
    for start in range(0, max(len(places) - OVERLAP, 1), MAX_TERMS - OVERLAP):
        if own := places[start : start + MAX_TERMS]:
            span = found[own[0] : own[-1] + 1]
            yield Part("".join(one for one, _ in span), [term for _, term in span if term])
