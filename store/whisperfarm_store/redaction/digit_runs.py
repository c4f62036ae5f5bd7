"""Digits in groups, such as "4111 1111-1111", and the parts that begin and end with a group."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_RUN = re.compile(r"[0-9](?:[ ,.()/-]{0,4}[0-9])*")
_GROUP = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Digits:
    """The digits of a part of a run, and its span in the text."""

    digits: str
    start: int
    end: int


def runs(text: str) -> Iterator[Digits]:
    """Yield the longest runs of digits, in order."""
    for found in _RUN.finditer(text):
        yield _digits(text, found.start(), found.end())


def parts(text: str, lengths: range) -> Iterator[Digits]:
    """Yield the parts of each run that have one of these numbers of digits.

    Parts begin and end with a group. Those that begin first come first, of these the longest.
    """
    for run in _RUN.finditer(text):
        groups = list(_GROUP.finditer(text, *run.span()))
        for first in range(len(groups)):
            beginning = _beginning_with(groups[first : first + lengths.stop], lengths)
            yield from reversed(beginning)


def _beginning_with(groups: Sequence[re.Match[str]], lengths: range) -> list[Digits]:
    """Return the parts of these lengths that begin with the first group, the shortest first."""
    found, digits = [], ""
    for group in groups:
        digits += group.group()
        if len(digits) >= lengths.stop:
            break
        if len(digits) in lengths:
            found.append(Digits(digits, groups[0].start(), group.end()))
    return found


def _digits(text: str, start: int, end: int) -> Digits:
    return Digits("".join(filter(str.isdigit, text[start:end])), start, end)
