"""A process that is killed at an entry of a chain, or in an erasure, leaves both whole."""

import json
import multiprocessing
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.custody_life import BLOBS, JOB, KINDS, REASON, live_and_die
from tests.chaos.points import POINTS
from tests.support.jobs import TENANT
from tests.support.ledger import open_migrated
from whisperfarm.custody.ledger_check import LedgerCheck
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_dispatcher.maintenance.retention import Retention, RetentionPolicy
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Ledger

FOREVER = RetentionPolicy(audio_days=0, results_days=0, jobs_days=0, idempotency_days=0)
APPENDS = [name for name in POINTS if name.startswith("custody: ")]
ERASURES = {
    "erasure: before the decision": 1,
    "erasure: decided, not committed": 1,
    "erasure: decision committed": 1,
    "erasure: blobs deleted, not recorded": 2,
    "erasure: recorded, not committed": 2,
    "erasure: record committed": 2,
}
"""How often a life comes to each point."""

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for key in BLOBS:
        FolderBlobs(tmp_path / "blobs").put(key, b"{}")
    return tmp_path


@pytest.fixture
def kept(folder: Path) -> Iterator[Ledger]:
    opened = open_migrated(f"sqlite:///{folder / 'ledger.sqlite'}", custody=True)
    yield opened
    opened.close()


def killed(folder: Path, point: str, nth: int) -> None:
    """Live a life in a process of its own until it is killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([live_and_die.__module__])
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    arguments = (url, folder / "blobs", point, nth, folder / "crash")
    process = context.Process(target=live_and_die, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def entries(kept: Ledger) -> list[tuple[str, dict[str, str]]]:
    """Return kinds and bodies, after everything that a verification reads was verified."""
    with kept.custody.audit() as audit:
        assert list(LedgerCheck(audit).run()) == []
    try:
        chain = kept.custody.get(JOB, tenant=TENANT)
    except JobNotFound:
        return []
    return [(one.kind, json.loads(one.body)) for one in chain.entries]


@pytest.mark.parametrize("number", range(1, len(KINDS) + 1))
@pytest.mark.parametrize("point", APPENDS)
def test_entry_exists_once_committed(kept: Ledger, folder: Path, point: str, number: int) -> None:
    killed(folder, point, number)
    written = number if point == "custody: entry committed" else number - 1
    assert [kind for kind, _ in entries(kept)] == list(KINDS[:written])


@pytest.mark.parametrize(
    ("point", "nth"),
    [(name, nth) for name, calls in ERASURES.items() for nth in range(1, calls + 1)],
)
def test_erasure_is_completed_or_not_made(kept: Ledger, folder: Path, point: str, nth: int) -> None:
    killed(folder, point, nth)
    blobs = FolderBlobs(folder / "blobs")
    Retention(kept, blobs, FOREVER).run_once()
    is_decided = point not in list(ERASURES)[:2]
    left = [key for key in BLOBS if blobs.size(key) is not None]
    assert left == ([] if is_decided else list(BLOBS))
    deleted = [body for kind, body in entries(kept) if kind == "deleted"]
    made = [{"what": what, "reason": REASON} for what in ("audio", "results")]
    assert deleted == (made if is_decided else [])
    assert kept.erasures.list(limit=9) == []
