"""Runs requests to a blob store in parallel, since each waits for the network."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

THREADS = 8
_BATCH_SIZE = 500

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_parallel(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield the results in the order of the items, which are taken in batches of hundreds."""
    remaining = iter(items)
    with ThreadPoolExecutor(THREADS) as pool:
        while batch := list(islice(remaining, _BATCH_SIZE)):
            yield from pool.map(function, batch)
