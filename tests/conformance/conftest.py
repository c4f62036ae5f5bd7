"""The suites of this folder hold for every implementation of a port; `ports` lists them."""

from collections.abc import Iterator

import pytest

from tests.conformance.ports import BLOBS, LEDGERS, WAKEUPS
from tests.support.jobs import new_job
from whisperfarm_contract.job import Job
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.notifications import Notifications


@pytest.fixture(params=LEDGERS)
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """An empty ledger."""
    opened = open_ledger(LEDGERS[request.param](request))
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture(params=BLOBS)
def blobs(request: pytest.FixtureRequest) -> Blobs:
    """An empty blob store."""
    return BLOBS[request.param](request)


@pytest.fixture(params=WAKEUPS)
def notifications(request: pytest.FixtureRequest, ledger: Ledger) -> Notifications:
    """Notifications for the jobs of `ledger`."""
    return WAKEUPS[request.param](ledger, request)


@pytest.fixture
def queued(ledger: Ledger) -> Job:
    """Return a queued job."""
    return ledger.jobs.insert(new_job())


@pytest.fixture
def running(ledger: Ledger, queued: Job) -> Job:
    """Return a running job in its first attempt."""
    claimed = ledger.attempts.claim(queued.id, worker="w1", lease_s=60)
    assert claimed is not None
    return claimed


@pytest.fixture
def expired(ledger: Ledger, queued: Job) -> Job:
    """Return a running job whose lease has expired."""
    claimed = ledger.attempts.claim(queued.id, worker="w1", lease_s=-1)
    assert claimed is not None
    return claimed
