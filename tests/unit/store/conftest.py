"""Fixtures of all tests of the store."""

from pathlib import Path

import pytest

from whisperfarm_store.settings import StoreSettings


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    """Return the defaults with a data folder of the test."""
    return StoreSettings(data_dir=tmp_path / "data")
