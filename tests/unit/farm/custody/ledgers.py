"""A ledger with chains of custody, for an attacker who can write its file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.jobs import new_job
from tests.support.ledger import open_migrated
from whisperfarm.custody.files import ExportedRoot
from whisperfarm.custody.ledger_check import LedgerCheck
from whisperfarm_contract.job import Job
from whisperfarm_dispatcher.custody import PublicKeys, SigningKey, make_root
from whisperfarm_store.ledger import Ledger, Origin, open_ledger

CUSTODY_TABLES = ("chains", "entries", "personal", "roots", "leaves")


def open_kept(file: Path) -> Ledger:
    """Open a ledger that keeps chains of custody."""
    return open_migrated(f"sqlite:///{file}", custody=True)


def succeed(ledger: Ledger) -> Job:
    """Return a job that has succeeded."""
    job = ledger.jobs.insert(new_job(), origin=Origin(ingress="http", key_name="Anna"))
    ledger.attempts.claim(job.id, worker="w1", lease_s=60)
    ledger.attempts.succeed(job.id, attempt=1, result_key="r", audio_s=1.0, result_sha256="cd" * 32)
    return job


def build(file: Path, key: SigningKey) -> list[Job]:
    """Make a ledger of three jobs, the first two covered by two roots. Returns the jobs."""
    with closing(open_kept(file)) as ledger:
        first, second = succeed(ledger), succeed(ledger)
        make_root(ledger.custody, key.sign)
        ledger.retention.mark_deleted("audio", first.id)
        make_root(ledger.custody, key.sign)
        third = succeed(ledger)
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")  # so that the file alone is the ledger
    return [first, second, third]


@contextmanager
def attacked(file: Path) -> Iterator[sqlite3.Connection]:
    """Write to the ledger as one who can drop its triggers."""
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA synchronous = OFF")
        names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
        raw.commit()


def find_faults(
    file: Path, *, keys: PublicKeys | None = None, exported: tuple[ExportedRoot, ...] = ()
) -> list[str]:
    """Return what a verification of the ledger finds."""
    with closing(open_ledger(f"sqlite:///{file}")) as ledger, ledger.custody.audit() as audit:
        return list(LedgerCheck(audit, keys, exported).run())
