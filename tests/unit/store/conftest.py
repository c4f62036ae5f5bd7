"""What all tests of the store share: settings of their own, and a disk that can be full."""

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from whisperfarm_store.settings import StoreSettings


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    """The defaults, with a data folder of its own."""
    return StoreSettings(data_dir=tmp_path / "data")


@pytest.fixture
def small_files() -> Callable[[], AbstractContextManager[None]]:
    """A block in which no file may be larger than 64 kibibytes, as under a quota.

    The limit is the whole process's: outside of the block, pytest may be writing to a long log.
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
