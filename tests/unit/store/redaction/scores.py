"""The precision and recall of each kind in lines."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.unit.store.redaction.spoken_lines import Line
from whisperfarm_store.redaction.kinds import ALL

_MARKER = re.compile(r"(\[(?:" + "|".join(ALL) + r")\])")

Span = tuple[int, int, int, str]
"""The number of a segment, start, end and kind."""


@dataclass(slots=True)
class Score:
    """Counts of data: in the lines, found as this kind, of these right, and masked as any kind."""

    wanted: int = 0
    found: int = 0
    right: int = 0
    masked: int = 0

    @property
    def precision(self) -> float:
        """The part of what was found that is this data."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The part of the data that was found as its kind."""
        return self.right / self.wanted if self.wanted else 1.0


def score(lines: Iterable[Line]) -> Mapping[str, Score]:
    """Return the score of each kind. Data is right if its span is exactly the one found."""
    scores = {kind: Score() for kind in ALL}
    for line in lines:
        wanted = set(_spans(line.texts, line.masked))
        found = set(_spans(line.texts, line.redacted()))
        for one in wanted:
            scores[one[3]].wanted += 1
            scores[one[3]].masked += any(_covers(other, one) for other in found)
        for one in found:
            scores[one[3]].found += 1
            scores[one[3]].right += one in wanted
    return scores


def _covers(other: Span, one: Span) -> bool:
    return other[0] == one[0] and other[1] <= one[1] and one[2] <= other[2]


def _spans(texts: Iterable[str], masked: Iterable[str]) -> Iterator[Span]:
    """Yield the span in its text of each marker in the masked text."""
    for number, (text, marked) in enumerate(zip(texts, masked, strict=True)):
        parts = _MARKER.split(marked)
        pattern = "".join("(.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
        found = re.fullmatch(pattern, text, re.DOTALL)
        assert found is not None, (text, marked)
        for place, marker in enumerate(parts[1::2], start=1):
            yield number, *found.span(place), marker[1:-1]
