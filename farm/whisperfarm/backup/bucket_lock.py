"""The lock of a backup in a bucket.

Each backup writes a lock of its own and then lists all: of two that start at once, at least one
finds the other and ends. A running backup renews its lock; an old one is of a backup that was
killed. See docs/decisions/0280-a-bucket-is-locked-by-objects.md.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from whisperfarm.backup.layout import LOCKS
from whisperfarm_contract.problems import FarmUnavailable, InvalidSettings
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.periodic import PeriodicTask

STALE_AFTER_S = 1800.0
_RENEW_AFTER_S = 120.0


@contextmanager
def lock(files: Blobs) -> Iterator[Callable[[], None]]:
    """Hold a lock among `files` for the block, which gets a function that raises `InvalidSettings`
    once another backup took the lock. Raises it too if another backup holds one."""
    key = f"{LOCKS}{uuid.uuid4().hex}"

    def require() -> None:
        if files.size(key) is None:
            raise InvalidSettings("another backup took the lock of this one, which stood still")

    def renew() -> None:
        require()
        files.put(key, b"")

    files.put(key, b"")
    renewal = PeriodicTask("backup-lock", renew, interval_s=_RENEW_AFTER_S, stop_timeout_s=60.0)
    try:
        _require_alone(files, key)
        renewal.start()
        yield require
    finally:
        renewal.stop()
        with suppress(FarmUnavailable):  # it is old soon
            files.delete(key)


def _require_alone(files: Blobs, own: str) -> None:
    for key in list(files.older_than(LOCKS, older_than_s=STALE_AFTER_S)):
        files.delete(key)
    if any(key != own for key in files.keys(LOCKS)):
        raise InvalidSettings(
            "another backup is being written there, or was killed within the last"
            f" {STALE_AFTER_S / 60:.0f} minutes; wait, or delete the objects below {LOCKS}"
        )
