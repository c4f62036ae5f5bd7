"""Fixtures of the short run: one fork server, and folders in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.long_run import temporary_folder
from tests.chaos.process_spawner import ProcessSpawner, process_spawner


@pytest.fixture(scope="session")
def children() -> Iterator[ProcessSpawner]:
    """A client of a fork server, whose processes end with the session at the latest."""
    with process_spawner() as started:
        yield started


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for one farm, in memory if possible."""
    with temporary_folder() as made:
        yield made
