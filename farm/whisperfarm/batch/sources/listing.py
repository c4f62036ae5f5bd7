"""Recordings whose paths are in a list: a CSV file with a head, or one path per line."""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from whisperfarm.batch.recording import Recording
from whisperfarm.batch.sources import calls
from whisperfarm.batch.sources.files import Files, describe
from whisperfarm.remote import job_options
from whisperfarm_contract.problems import InvalidOption, MissingAudio, Problem

PATH = "path"
"""The column of the paths. A list without this column in its first line has no head."""

_MAX_LINE_CHARS = 200_000


class Listing(Files):
    """The recordings of a list. Paths are relative to `root`.

    A column other than `path` and those of `calls` is an option of the job, `preset` included. An
    empty cell means the option for all recordings.
    """

    def __init__(
        self, lines: Iterable[str], root: Path, options: Mapping[str, str], *, list_name: str
    ) -> None:
        """`list_name` is the name of the list, for messages."""
        self.root = root
        self.name = str(root)
        self._lines = lines
        self._options = options
        self._list_name = list_name

    def recordings(self) -> Iterator[Recording]:
        """Yield the recordings, a call at its first row.

        Raises `InvalidOption` or `UnknownOption` with the line.
        """
        for number, rows in self._jobs().items():
            with _naming(f"{self._list_name}, line {number}"):
                yield self._recording(rows)

    def _jobs(self) -> dict[int, list[Mapping[str, str]]]:
        """Return the rows of each job by the line of the first."""
        first_line_of: dict[str, int] = {}
        line_of_call: dict[str, int] = {}
        jobs: dict[int, list[Mapping[str, str]]] = {}
        for number, row in self._rows():
            with _naming(f"{self._list_name}, line {number}"):
                path = _relative(self._location(row), self.root)
                if first_line_of.setdefault(path, number) != number:
                    raise InvalidOption(f"{path} is on line {first_line_of[path]} already")
                call = calls.call_of(row)
            line = line_of_call.setdefault(call, number) if call else number
            jobs.setdefault(line, []).append(row)
        return jobs

    def _rows(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        lines = _bounded(self._lines)
        first = next(lines, "").removeprefix("\ufeff")
        head = next(csv.reader([first]), [])
        if PATH not in head:
            return _plain(chain([first], lines))
        with _naming(f"{self._list_name}, line 1"):
            _check_head(head)
        return self._table(head, lines)

    def _table(
        self, head: list[str], lines: Iterator[str]
    ) -> Iterator[tuple[int, Mapping[str, str]]]:
        reader = csv.reader(lines)
        for cells in filter(any, reader):
            number = reader.line_num + 1  # the head was read before
            with _naming(f"{self._list_name}, line {number}"):
                row = _row(head, cells)
            yield number, row

    def _recording(self, rows: Sequence[Mapping[str, str]]) -> Recording:
        cells = calls.merge({**row, PATH: ""} for row in rows)
        options = {**self._options, **job_options.with_preset(cells)}
        if options != self._options:
            job_options.check(options)
        locations = [self._location(row) for row in rows]
        found = [describe(_relative(one, self.root), one, options) for one in locations]
        return calls.join(rows, found, options) if calls.call_of(rows[0]) else found[0]

    def _location(self, row: Mapping[str, str]) -> str:
        return os.path.abspath(os.path.join(self.root, row[PATH]))


def _plain(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, line in enumerate(lines, start=1):
        if path := line.rstrip("\r\n"):
            yield number, {PATH: path}


def _row(head: list[str], cells: list[str]) -> Mapping[str, str]:
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


def _relative(location: str, root: Path) -> str:
    """Return the path below the root, or the whole path of a file elsewhere."""
    path = os.path.relpath(location, root)
    return location if path.split(os.sep)[0] == os.pardir else path


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) > _MAX_LINE_CHARS:
            raise InvalidOption(f"a line of the list has more than {_MAX_LINE_CHARS} characters")
        yield line


@contextmanager
def _naming(where: str) -> Iterator[None]:
    """Put the place into the text of a problem of the block."""
    try:
        yield
    except Problem as problem:
        raise type(problem)(f"{where}: {problem.detail}") from problem


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file, whose names need not be UTF-8. Raises `MissingAudio`."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            yield from file
    except OSError as error:
        raise MissingAudio(f"the list {path} cannot be read: {error.strerror}") from error
