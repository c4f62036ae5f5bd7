"""The ledger fixture; `tests/conformance` has its own for each database."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from whisperfarm_store.ledger import Ledger, open_ledger

_SQLITE = "sqlite:///"


def open_migrated(url: str, *, custody: bool = False) -> Ledger:
    """Open a ledger with its tables. For SQLite they are copied, which takes less time than to
    migrate."""
    path = Path(url.removeprefix(_SQLITE))
    if url.startswith(_SQLITE) and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_migrated_file(), path)
        return open_ledger(url, custody=custody)
    opened = open_ledger(url, custody=custody)
    opened.migrate()
    return opened


@cache
def _migrated_file() -> Path:
    folder = tempfile.mkdtemp(prefix="whisperfarm-ledger-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "ledger.sqlite"
    opened = open_ledger(f"{_SQLITE}{path}")
    opened.migrate()
    opened.close()
    return path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger on SQLite in the test's folder."""
    opened = open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()
