"""Files of JSON lines with a record of their length and hash."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from whisperfarm.backup.problem import BackupUnusable

MAX_LINE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What the manifest has about a file."""

    lines: int
    size_bytes: int
    sha256: str


def write_lines(path: Path, documents: Iterable[Mapping[str, Any]]) -> FileRecord:
    """Write one line for each document, durably."""
    digest, lines, size_bytes = sha256(), 0, 0
    with path.open("xb") as file:
        for document in documents:
            line = json.dumps(dict(document), separators=(",", ":")).encode() + b"\n"
            file.write(line)
            digest.update(line)
            lines, size_bytes = lines + 1, size_bytes + len(line)
        file.flush()
        os.fsync(file.fileno())
    return FileRecord(lines, size_bytes, digest.hexdigest())


def check_file(path: Path, record: FileRecord) -> None:
    """Raise `BackupUnusable` if the file is not the one that was written."""
    try:
        with path.open("rb") as file:
            is_same = os.fstat(file.fileno()).st_size == record.size_bytes and (
                file_digest(file, "sha256").hexdigest() == record.sha256
            )
    except OSError as error:
        raise BackupUnusable(f"{path} cannot be read ({error.strerror})") from error
    if not is_same:
        raise BackupUnusable(f"{path} was changed after the backup; use another backup")


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the documents of a file. Raises `BackupUnusable` if a line is not one."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES):
            number += 1
            try:
                document = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise BackupUnusable(f"{path}: line {number} is not JSON") from error
            if not isinstance(document, dict):
                raise BackupUnusable(f"{path}: line {number} is not an object")
            yield document
