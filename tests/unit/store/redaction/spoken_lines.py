"""Lines of conversations in the files of `lines/`, with what must be masked in them.

`<card:4111 1111>` is data of a kind, and ` | ` is where another segment begins.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from whisperfarm_contract.transcript import Coverage, Segment, Transcript
from whisperfarm_store.redaction.kinds import ALL
from whisperfarm_store.redaction.view import redact

FOLDER = Path(__file__).parent / "lines"
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.txt")))
_DATA = re.compile(r"<([a-z-]+):([^>]+)>")
_BOUNDARY = " | "


@dataclass(frozen=True, slots=True)
class Line:
    """The texts of its segments, and what redaction must make of each."""

    texts: tuple[str, ...]
    masked: tuple[str, ...]

    def redacted(self) -> tuple[str, ...]:
        """Return what redaction makes of the texts."""
        segments = tuple(
            Segment(start=number, end=number + 1, text=text)
            for number, text in enumerate(self.texts)
        )
        transcript = Transcript(
            language="en", model="demo", segments=segments, coverage=Coverage(audio_s=99)
        )
        return tuple(one.text for one in redact(transcript, ALL).segments)


def lines(language: str) -> list[Line]:
    """Return the lines of a language."""
    return [_line(text) for text in (FOLDER / f"{language}.txt").read_text("utf-8").splitlines()]


def _line(text: str) -> Line:
    return Line(
        tuple(_DATA.sub(r"\2", text).split(_BOUNDARY)),
        tuple(_DATA.sub(_marker, text).split(_BOUNDARY)),
    )


def _marker(found: re.Match[str]) -> str:
    """Return the marker of the data, once for each segment that it lies in."""
    kind, value = found.groups()
    return _BOUNDARY.join(f"[{kind}]" for _ in value.split(_BOUNDARY))
