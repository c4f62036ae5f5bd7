"""Splits a sequence into runs."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")


def split(items: Sequence[T], ends: Callable[[T, T], bool]) -> Iterator[Sequence[T]]:
    """Yield the runs of items. `ends` says whether a run ends between two neighbours."""
    start = 0
    for number, (item, following) in enumerate(pairwise(items), start=1):
        if ends(item, following):
            yield items[start:number]
            start = number
    if items:
        yield items[start:]
