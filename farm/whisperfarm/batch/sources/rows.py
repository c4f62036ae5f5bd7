"""The rows of a list: one path per line, or a table with a head."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain

from whisperfarm.batch.sources import calls
from whisperfarm.remote import job_options
from whisperfarm_contract.problems import InvalidOption, Problem

PATH = "path"
"""The column of the paths. A list without this column in its first line has no head."""

_SEPARATORS = (",", ";", "\t")
"""Spreadsheets write a semicolon where a comma is the decimal point."""

_MAX_LINE_CHARS = 200_000

Row = Mapping[str, str]


def read_rows(lines: Iterable[str], list_name: str) -> Iterator[tuple[int, Row]]:
    """Yield the number of each row's last line, and its cells by column.

    Raises `InvalidOption` or `UnknownOption` with the line.
    """
    bounded = _bounded(lines)
    first = next(bounded, "").removeprefix("\ufeff")
    for separator in _SEPARATORS:
        head = next(csv.reader([first], delimiter=separator), [])
        if PATH in head:
            with naming(f"{list_name}, line 1"):
                _check_head(head)
            return _table(head, bounded, separator=separator, list_name=list_name)
    return _plain(chain([first], bounded))


@contextmanager
def naming(where: str) -> Iterator[None]:
    """Put the place into the text of a problem of the block."""
    try:
        yield
    except Problem as problem:
        raise type(problem)(f"{where}: {problem.detail}") from problem


def _table(
    head: list[str], lines: Iterator[str], *, separator: str, list_name: str
) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(lines, delimiter=separator)
    for cells in filter(any, reader):
        number = reader.line_num + 1  # the head was read before
        with naming(f"{list_name}, line {number}"):
            row = _row(head, cells)
        yield number, row


def _plain(lines: Iterable[str]) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(lines, start=1):
        if path := line.rstrip("\r\n"):
            yield number, {PATH: path}


def _row(head: list[str], cells: list[str]) -> Row:
    if len(cells) != len(head):
        raise InvalidOption(f"the row has {len(cells)} cells, and the head has {len(head)}")
    row = dict(zip(head, cells, strict=True))
    if not row[PATH]:
        raise InvalidOption("the row has no path")
    return row


def _check_head(head: list[str]) -> None:
    if len(set(head)) != len(head):
        raise InvalidOption("two columns have the same name")
    for name in head:
        if name not in {PATH, *calls.COLUMNS}:
            job_options.check_name(name)


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) > _MAX_LINE_CHARS:
            raise InvalidOption(f"a line of the list has more than {_MAX_LINE_CHARS} characters")
        yield line
