"""The suites of this folder hold for every implementation of a port; `ports` lists them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.ports import BLOBS, MIGRATED, WAKEUPS
from tests.support.jobs import new_job
from tests.support.ledger import open_migrated
from whisperfarm_contract.job import Job
from whisperfarm_store.blobs import Blobs, s3_client
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.notifications import Notifications
from whisperfarm_store.settings import StoreSettings

if TYPE_CHECKING:
    from tests.servers.postgresql import PostgresqlServer
    from tests.servers.s3 import S3Server


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: "PostgresqlServer") -> str:
    """The URL of a database with the ledger's tables, to be copied."""
    url = postgresql_server.new_database()
    open_migrated(url).close()
    return url


@pytest.fixture(scope="session")
def farm_s3_client(s3_server: "S3Server") -> Iterator[Any]:
    """A client that retries errors of the server, as in a farm. Making one takes a while."""
    client = s3_client.client(
        StoreSettings(
            s3_endpoint_url=s3_server.endpoint,
            s3_region=s3_server.region,
            s3_access_key_id=s3_server.access_key,
            s3_secret_access_key=s3_server.secret_key,
        )
    )
    yield client
    client.close()


@pytest.fixture(params=MIGRATED)
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """An empty ledger."""
    opened = MIGRATED[request.param](request)
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


@pytest.fixture
def kept(ledger: Ledger) -> Iterator[Ledger]:
    """The ledger of a farm that keeps chains of custody."""
    url = ledger.database.engine.url.render_as_string(hide_password=False)
    opened = open_ledger(url, custody=True)
    yield opened
    opened.close()
