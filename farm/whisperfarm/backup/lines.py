"""Files of JSON lines with a record of their length and hash."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from whisperfarm.backup.problem import BackupUnusable
from whisperfarm.backup.repository import Repository
from whisperfarm.digest import sha256_of
from whisperfarm_store.blobs import Blobs

MAX_LINE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What the manifest has about a file."""

    lines: int
    size_bytes: int
    sha256: str


def write_lines(files: Blobs, path: str, documents: Iterable[Mapping[str, Any]]) -> FileRecord:
    """Write one line for each document, durably."""
    digest, lines, size_bytes = sha256(), 0, 0
    with files.writer(path) as file:
        for document in documents:
            line = json.dumps(dict(document), separators=(",", ":")).encode() + b"\n"
            file.write(line)
            digest.update(line)
            lines, size_bytes = lines + 1, size_bytes + len(line)
    return FileRecord(lines, size_bytes, digest.hexdigest())


def check_file(repository: Repository, path: str, record: FileRecord) -> None:
    """Raise `BackupUnusable` if the file is not the one that was written."""
    with repository.open(path) as file:
        is_same = repository.size(path) == record.size_bytes and sha256_of(file) == record.sha256
    if not is_same:
        raise BackupUnusable(
            f"{path} in {repository.where} was changed after the backup; use another backup"
        )


def read_lines(repository: Repository, path: str) -> Iterator[dict[str, Any]]:
    """Yield the documents of a file. Raises `BackupUnusable` if a line is not one."""
    with repository.open(path) as file:
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
