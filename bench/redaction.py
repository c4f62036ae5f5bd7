"""Prints the precision and recall of each kind of redaction, and the lines that it gets wrong."""

from collections.abc import Iterator

from tests.unit.store.redaction.corpus import sentences
from tests.unit.store.redaction.scores import score
from tests.unit.store.redaction.spoken_lines import LANGUAGES, Line, lines
from whisperfarm.markdown import table


def main() -> None:
    """Print a table for all lines and one for each set, then the lines that are masked wrongly."""
    made = [Line((one.text,), (one.masked if one.kind else one.text,)) for one in sentences()]
    sets = {"from templates": made, **{name: lines(name) for name in LANGUAGES}}
    head = ("Lines", "Kind", "Data", "Precision", "Recall", "Masked as any kind")
    print(table(head, (row for name, found in sets.items() for row in _rows(name, found))))
    for line in (one for found in sets.values() for one in found):
        if line.redacted() != line.masked:
            print(f"- {' | '.join(line.texts)}\n  became: {' | '.join(line.redacted())}")


def _rows(name: str, found: list[Line]) -> Iterator[tuple[str, ...]]:
    for kind, one in score(found).items():
        yield (
            *(f"{name} ({len(found)})", f"`{kind}`", str(one.wanted)),
            *(f"{one.precision:.2f}", f"{one.recall:.2f}", f"{one.masked} of {one.wanted}"),
        )


if __name__ == "__main__":
    main()
