"""All implementations of each port. A new one is a function and a line in its table.

Each function takes the test's request, from which it gets the fixtures of its servers.
"""

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support.ledger import open_migrated
from whisperfarm_store.blobs import Blobs, FolderBlobs
from whisperfarm_store.blobs.encryption import (
    EncryptedBlobs,
    KeylessBlobs,
    Keyring,
    MasterKey,
)
from whisperfarm_store.blobs.s3 import S3Blobs
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.notifications import Notifications, PollingNotifications
from whisperfarm_store.notifications.redis import RedisNotifications

Request = pytest.FixtureRequest
KEYS = Keyring([MasterKey("test", bytes(32))])


def _sqlite(request: Request) -> str:
    return f"sqlite:///{_folder(request)}/ledger-{uuid.uuid4().hex}.sqlite"


def _postgresql(request: Request) -> str:
    url: str = request.getfixturevalue("postgresql_server").new_database()
    return url


def _migrated_sqlite(request: Request) -> Ledger:
    return open_migrated(_sqlite(request))


def _migrated_postgresql(request: Request) -> Ledger:
    server = request.getfixturevalue("postgresql_server")
    return open_ledger(server.new_database(like=request.getfixturevalue("migrated_postgresql")))


def _folder_blobs(request: Request) -> Blobs:
    return FolderBlobs(_folder(request) / "blobs")


def _s3(request: Request) -> Blobs:
    client = request.getfixturevalue("farm_s3_client")
    bucket = request.getfixturevalue("s3_server").bucket
    return S3Blobs(client, bucket=bucket, prefix=f"test/{uuid.uuid4().hex}")


def _encrypted_folder(request: Request) -> Blobs:
    return EncryptedBlobs(_folder_blobs(request), KEYS)


def _encrypted_s3(request: Request) -> Blobs:
    return EncryptedBlobs(_s3(request), KEYS)


def _keyless_folder(request: Request) -> Blobs:
    return KeylessBlobs(_folder_blobs(request))


def _polling(ledger: Ledger, _: Request) -> Notifications:
    return PollingNotifications(ledger.jobs, interval_s=0.01)


def _redis(ledger: Ledger, request: Request) -> Notifications:
    return RedisNotifications(request.getfixturevalue("redis_server").url, ledger.jobs)


def _folder(request: Request) -> Path:
    folder: Path = request.getfixturevalue("tmp_path")
    return folder


LEDGERS: Mapping[str, Callable[[Request], str]] = {"sqlite": _sqlite, "postgresql": _postgresql}
"""Functions that return the URL of a new, empty database."""

MIGRATED: Mapping[str, Callable[[Request], Ledger]] = {
    "sqlite": _migrated_sqlite,
    "postgresql": _migrated_postgresql,
}
"""Functions that return an empty ledger. Its tables are copied, not migrated again."""

BLOBS: Mapping[str, Callable[[Request], Blobs]] = {
    "folder": _folder_blobs,
    "s3": _s3,
    "encrypted folder": _encrypted_folder,
    "encrypted s3": _encrypted_s3,
    "keyless folder": _keyless_folder,
}
"""Functions that return an empty blob store."""

WAKEUPS: Mapping[str, Callable[[Ledger, Request], Notifications]] = {
    "polling": _polling,
    "redis": _redis,
}
"""Functions that return notifications for the jobs of a ledger."""
