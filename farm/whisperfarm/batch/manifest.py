"""What is known about each recording of a batch, in a SQLite file that survives any kill.

States: `pending` -> `submitted` -> `done` or `failed`. A recording is `submitted` once the farm has
accepted its job, and `done` once its output files are written. A kill between these steps and their
record here repeats the step, which changes nothing: the idempotency key makes one job of two
submissions.
"""

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from whisperfarm_contract.problems import InvalidOption, Problem

_VERSION = 1


class State(StrEnum):
    """How far a recording is."""

    PENDING = "pending"
    SUBMITTED = "submitted"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recording. `attempt` is counted up when it is submitted again unchanged.

    `digest` is that of the content that was submitted, `name` that of the output files without
    extension, and `formats` those that were written, separated by commas.
    """

    path: str
    name: str
    size_bytes: int
    modified_ns: int
    options_digest: str
    digest: str | None = None
    state: State = State.PENDING
    attempt: int = 1
    job_id: str | None = None
    audio_s: float | None = None
    formats: str = ""
    problem: str | None = None
    detail: str | None = None
    exit_code: int = 0

    def submitted(self, job_id: str) -> "Row":
        return replace(self, state=State.SUBMITTED, job_id=job_id)

    def done(self, formats: Iterable[str]) -> "Row":
        """Return the row once the files of these formats are written."""
        written = {*filter(None, self.formats.split(",")), *formats}
        return replace(self, state=State.DONE, formats=",".join(sorted(written)))

    def failed(self, problem: Problem) -> "Row":
        return replace(
            self,
            state=State.FAILED,
            problem=problem.name,
            detail=problem.detail,
            exit_code=problem.exit_code,
        )

    def again(self) -> "Row":
        """Return the row of a recording that is to be submitted once more, as another job."""
        return replace(
            self,
            state=State.PENDING,
            attempt=self.attempt + 1,
            job_id=None,
            problem=None,
            detail=None,
            exit_code=0,
        )


_COLUMNS = tuple(one.name for one in fields(Row))
_TABLES = f"""
CREATE TABLE IF NOT EXISTS batch (id TEXT NOT NULL, source BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS recordings (
  {", ".join(f"{name} PRIMARY KEY" if name == "path" else name for name in _COLUMNS)}
) WITHOUT ROWID;
"""
_SAVE = f"INSERT OR REPLACE INTO recordings VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608


class Manifest:
    """The manifest of a batch. Several threads may use it at once; only one process can open it."""

    def __init__(self, connection: sqlite3.Connection, source: str) -> None:
        """Read the rows. Raises `InvalidOption` if the recordings of another source are in it."""
        self._connection = connection
        self._lock = threading.Lock()
        self._connection.executescript(_TABLES)
        self.batch_id = self._read_or_create_id(source)
        rows = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM recordings")  # noqa: S608
        self._rows = {row.path: row for row in map(_row, rows)}

    def __getitem__(self, path: str) -> Row:
        return self._rows[path]

    def rows(self) -> dict[str, Row]:
        """Return all rows by path."""
        with self._lock:
            return dict(self._rows)

    def save(self, *rows: Row) -> None:
        """Write rows in one transaction."""
        with self._lock:
            self._connection.execute("BEGIN")
            self._connection.executemany(_SAVE, map(_values, rows))
            self._connection.execute("COMMIT")
            self._rows.update((row.path, row) for row in rows)

    def close(self) -> None:
        self._connection.close()

    def _read_or_create_id(self, source: str) -> str:
        found = self._connection.execute("SELECT id, source FROM batch").fetchone()
        if found is None:
            found = (uuid.uuid4().hex, os.fsencode(source))
            self._connection.execute("INSERT INTO batch VALUES (?, ?)", found)
        batch_id, known_source = found
        if os.fsdecode(known_source) != source:
            raise InvalidOption(
                f"the manifest has the recordings of {os.fsdecode(known_source)}, not of {source};"
                " choose another folder (--output) or file (--manifest)"
            )
        return str(batch_id)


def open_manifest(path: Path | None, source: str) -> Manifest:
    """Open the manifest of a source in a file, which is created if it does not exist.

    Without a path, the manifest is in memory.

    Raises `InvalidOption` if the file is something else, or another command has it open.
    """
    try:
        return Manifest(_connect(path), source)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            raise InvalidOption(f"another command works with the manifest {path}") from error
        raise InvalidOption(
            f"the manifest {path} cannot be used: {error}; choose another file (--manifest)"
        ) from error


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path or ":memory:", timeout=1, isolation_level=None, check_same_thread=False
    )
    # With the exclusive lock, the log needs no shared memory, which network folders do not have.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # a step that is lost is repeated
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, _VERSION):
        raise sqlite3.DatabaseError(f"it was written by another version ({version})")
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    return connection


def _values(row: Row) -> tuple[Any, ...]:
    """Return the columns. Names of files may be no UTF-8, so they are stored as bytes."""
    encoded = replace(row, path=os.fsencode(row.path), name=os.fsencode(row.name))  # type: ignore[arg-type]
    return astuple(encoded)


def _row(values: tuple[Any, ...]) -> Row:
    members = dict(zip(_COLUMNS, values, strict=True))
    for name in ("path", "name"):
        members[name] = os.fsdecode(members[name])
    return Row(**{**members, "state": State(members["state"])})
