"""Recordings whose paths are in a list: a CSV file with a head, or one path per line."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from whisperfarm.batch.recording import Recording
from whisperfarm.batch.sources import calls
from whisperfarm.batch.sources.files import Files, describe
from whisperfarm.batch.sources.rows import PATH, naming, read_rows
from whisperfarm.remote import job_options
from whisperfarm_contract.problems import InvalidOption, MissingAudio


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
            with naming(f"{self._list_name}, line {number}"):
                yield self._recording(rows)

    def _jobs(self) -> dict[int, list[Mapping[str, str]]]:
        """Return the rows of each job by the line of the first."""
        first_line_of: dict[str, int] = {}
        line_of_call: dict[str, int] = {}
        jobs: dict[int, list[Mapping[str, str]]] = {}
        for number, row in read_rows(self._lines, self._list_name):
            with naming(f"{self._list_name}, line {number}"):
                path = _relative(self._location(row), self.root)
                if first_line_of.setdefault(path, number) != number:
                    raise InvalidOption(f"{path} is on line {first_line_of[path]} already")
                call = calls.call_of(row)
            line = line_of_call.setdefault(call, number) if call else number
            jobs.setdefault(line, []).append(row)
        return jobs

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


def _relative(location: str, root: Path) -> str:
    """Return the path below the root, or the whole path of a file elsewhere."""
    path = os.path.relpath(location, root)
    return location if path.split(os.sep)[0] == os.pardir else path


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file, whose names need not be UTF-8. Raises `MissingAudio`."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            yield from file
    except OSError as error:
        raise MissingAudio(f"the list {path} cannot be read: {error.strerror}") from error
