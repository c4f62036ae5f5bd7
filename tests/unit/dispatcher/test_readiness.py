import asyncio
import threading
from pathlib import Path

import pytest

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.readiness import Readiness
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Ledger, WorkerHeartbeat, open_ledger


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


def heartbeat(*, ready: bool) -> WorkerHeartbeat:
    return WorkerHeartbeat(
        name="w", presets=("demo",), concurrency=4, pid=1, host="here", ready=ready
    )


def states(readiness: Readiness) -> dict[str, bool]:
    return {name: check.ok for name, check in asyncio.run(readiness.checks()).items()}


def readiness(ledger: Ledger, blobs: FolderBlobs, *, timeout_s: float = 10) -> Readiness:
    return Readiness(ledger, blobs, name="test", live_within_s=30, timeout_s=timeout_s)


def test_readiness_succeeds_with_a_ready_worker(ledger: Ledger, blobs: FolderBlobs) -> None:
    ledger.workers.record_heartbeat(heartbeat(ready=True))
    checked = states(readiness(ledger, blobs))
    assert checked == {"ledger": True, "blobs": True, "workers": True}


def test_starting_worker_is_not_ready(ledger: Ledger, blobs: FolderBlobs) -> None:
    ledger.workers.record_heartbeat(heartbeat(ready=False))
    assert states(readiness(ledger, blobs))["workers"] is False


def test_readiness_probe_leaves_no_blob(ledger: Ledger, blobs: FolderBlobs) -> None:
    states(readiness(ledger, blobs))
    assert list(blobs.keys("")) == []


class Full(FolderBlobs):
    """A blob store that is full."""

    def put(self, key: str, data: bytes) -> None:
        raise OSError(28, "No space left on device", "/secret/path")


def test_unwritable_blob_store_fails_without_its_path(ledger: Ledger, tmp_path: Path) -> None:
    checks = asyncio.run(readiness(ledger, Full(tmp_path)).checks())
    assert not checks["blobs"].ok
    assert "/secret" not in checks["blobs"].detail


def test_unavailable_ledger_fails_the_ledger_and_worker_checks(
    tmp_path: Path, blobs: FolderBlobs
) -> None:
    never_migrated = open_ledger(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    with pytest.raises(FarmUnavailable):
        never_migrated.workers.list_live(within_s=1)
    checked = states(readiness(never_migrated, blobs))
    never_migrated.close()
    assert checked == {"ledger": False, "blobs": True, "workers": False}


class Hanging(FolderBlobs):
    """A blob store whose disk hangs."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.resume = threading.Event()
        self.asked = 0

    def put(self, key: str, data: bytes) -> None:
        self.asked += 1
        self.resume.wait(30)


def test_hanging_disk_is_probed_once_and_reported_in_time(ledger: Ledger, tmp_path: Path) -> None:
    hanging = Hanging(tmp_path)

    async def probe_often() -> list[bool]:
        asked = readiness(ledger, hanging, timeout_s=0.05)
        seen = [(await asked.checks())["blobs"].ok for _ in range(3)]
        hanging.resume.set()
        return seen

    assert asyncio.run(probe_often()) == [False, False, False]
    assert hanging.asked == 1
