"""The ends of jobs: all of them come through here, whoever ends the job.

Who asked to be told is noted in the same transaction: an end without its callbacks, or callbacks
without the end, can not be.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, insert

from whisperfarm_contract import job_events
from whisperfarm_contract.job import Job
from whisperfarm_contract.states import State
from whisperfarm_store import events
from whisperfarm_store.ledger.db.tables import callbacks, jobs
from whisperfarm_store.ledger.rows import job_of
from whisperfarm_store.ledger.transitions.statement import move

BROKER = "broker"
"""The receiver of all that goes to queues."""

_ENDED = "whisperfarm.ended"
"""Where a connection keeps the jobs that ended in its transaction."""


def end(
    connection: Connection,
    job_id: str,
    current: State,
    to: State,
    *,
    attempt: int | None = None,
    **values: Any,
) -> Job | None:
    """Move a job into a final state, if it is in `current` and, where that is named, at `attempt`.

    `values` are other columns of it. The job as it is now, or `None` when it stood otherwise.
    """
    if not to.is_final:
        raise ValueError(f"{to} is no end")
    ending = move(job_id, current, to, **values)
    if attempt is not None:
        ending = ending.where(jobs.c.attempt == attempt)
    row = connection.execute(ending.returning(*jobs.c)).one_or_none()
    if row is None:
        return None
    job = job_of(row)
    _note_callbacks(connection, job)
    connection.info.setdefault(_ENDED, []).append(job)
    return job


def noted(connection: Connection) -> list[Job]:
    """The jobs that end in the transaction that begins here: it grows as they do."""
    ended: list[Job] = []
    connection.info[_ENDED] = ended  # one before, that was rolled back, has left its own
    return ended


def tell(ended: list[Job]) -> None:
    """Log the ends, once nothing can undo them."""
    for job in ended:
        events.job.ended.log(
            job=job.id,
            tenant=job.tenant,
            preset=job.preset,
            state=job.state.value,
            attempt=job.attempt,
            problem=(job.problem or {}).get("name"),
            after_s=round((job.finished_at or job.created_at) - job.created_at, 3),
        )


def _note_callbacks(connection: Connection, job: Job) -> None:
    rows = [*_to_address(job), *_to_queues(job)]
    if rows:
        common = _common(job)
        connection.execute(insert(callbacks), [{**common, **row} for row in rows])


def _common(job: Job) -> dict[str, Any]:
    """What all callbacks of a job have in common; each is due at once."""
    return {
        "job_id": job.id,
        "tenant": job.tenant,
        "event": job_events.event(job),
        "body": job_events.body(job),
        "state": "pending",
        "tries": 0,
        "tries_before": 0,
        "next_at": job.finished_at,
        "created_at": job.finished_at,
    }


def _to_address(job: Job) -> Iterator[Mapping[str, str]]:
    address = job.terms.callback_url
    if address is not None:
        yield {
            "id": f"{job.id}_callback",
            "kind": "http",
            "address": address,
            "receiver": _receiver(address),
        }


def _receiver(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:  # nothing about an address may keep a job from ending
        return address


def _to_queues(job: Job) -> Iterator[Mapping[str, str]]:
    """`reply` names the queue of an answer, an exchange for whoever listens, or both."""
    for target in ("queue", "exchange"):
        name = (job.reply or {}).get(target)
        if name:
            yield {
                "id": f"{job.id}_{target}",
                "kind": "amqp",
                "address": f"{target}:{name}",
                "receiver": BROKER,
            }
