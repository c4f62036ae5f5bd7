"""Fixtures of all tests of the store: settings, and a limit on file sizes."""

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from whisperfarm_store.settings import StoreSettings


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    """Return the defaults with a data folder of the test."""
    return StoreSettings(data_dir=tmp_path / "data")


@pytest.fixture
def small_files() -> Callable[[], AbstractContextManager[None]]:
    """Limit files to 64 kibibytes inside of the block, as a quota does.

    The limit applies to the whole process, and pytest may be writing a longer log.
    """
    return _small_files


@contextmanager
def _small_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
