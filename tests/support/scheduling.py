"""Which tests share a process when pytest-xdist distributes them: `pytest -n 2`."""

from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

SHARED_FARMS = (
    "tests/acceptance/observability/",
    "tests/acceptance/",
    "tests/integration/distributed/",
)
"""Folders whose tests share a farm, because it takes longer to start than they take to run. The
first match counts."""

LONGEST_FIRST = (
    "acceptance",
    "chaos",
    "integration",
    "media",
    "conformance",
    "model",
    "helm",
    "unit",
)
"""The order of folders, so that no process starts a long file when the others are done."""


class LoadByFarm(LoadFileScheduling):
    """Keeps the tests of a file, and of all files that share a farm, in one process."""

    def _split_scope(self, nodeid: str) -> str:
        shared = (folder for folder in SHARED_FARMS if nodeid.startswith(folder))
        return next(shared, None) or super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadByFarm:
    config.option.loadscopereorder = False  # keep the order of the tests, see LONGEST_FIRST
    return LoadByFarm(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)  # stable: keeps the order within a folder


def _rank(item: pytest.Item) -> int:
    folder = PurePosixPath(item.nodeid.partition("::")[0]).parts[1]
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)
