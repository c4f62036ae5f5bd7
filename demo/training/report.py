"""Writes the measured figures as a table into the page about the demo models."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.scores import WordScore

_BEGIN, _END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True)
class Row:
    """One line of the table; no `what` means the same as above."""

    what: str
    figure: str
    value: str


def word_rows(what: str, score: WordScore) -> list[Row]:
    """Word errors and times of one set of recordings."""
    starts, ends = np.array(score.start_errors_s), np.array(score.end_errors_s)
    return [
        Row(what, "word error rate", f"{score.wer():.1%}"),
        Row("", "recordings without an error", f"{score.exact():.0%}"),
        Row("", "word starts off by, median / 95 %", _milliseconds(starts)),
        Row("", "word ends off by, median / 95 %", _milliseconds(ends)),
    ]


def table(rows: list[Row]) -> str:
    """The rows in Markdown."""
    lines = [f"| {row.what} | {row.figure} | {row.value} |" for row in rows]
    return "\n".join(["| Recordings | Figure | Measured |", "|---|---|---|", *lines])


def write(page: Path, rows: list[Row]) -> None:
    """Put the table between the markers of `page`."""
    block = f"{_BEGIN}\n{table(rows)}\n{_END}"
    text = page.read_text()
    pattern = re.compile(re.escape(_BEGIN) + ".*?" + re.escape(_END), re.DOTALL)
    page.write_text(pattern.sub(lambda _: block, text))


def _milliseconds(errors_s: np.ndarray) -> str:
    if not len(errors_s):
        return "none"
    return f"{np.median(errors_s) * 1000:.0f} / {np.quantile(errors_s, 0.95) * 1000:.0f} ms"
