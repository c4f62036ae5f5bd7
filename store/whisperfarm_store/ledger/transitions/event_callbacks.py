"""Inserts the callbacks of an event of a job, in the transaction of the event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection, insert

from whisperfarm_contract import additions
from whisperfarm_contract.job import Job
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger.db.tables import callbacks

BROKER_ENDPOINT = "broker"
"""Endpoint of all AMQP callbacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """An event of a job: its type, body and time, and the revision that it reports, if any."""

    type: str
    body: str
    at: float | None
    revision: int | None = None


def receivers_of(job: Job) -> list[Mapping[str, str]]:
    """Return the columns of a callback for each receiver of the job's events."""
    return [*_http_receivers(job), *_amqp_receivers(job), *_addition_receivers(job)]


def insert_callbacks(
    connection: Connection, job: Job, receivers: list[Mapping[str, str]], event: JobEvent
) -> None:
    """Insert the callbacks of an event, one for each of the `receivers`. They are due at once."""
    columns = {
        "job_id": job.id,
        "tenant": job.tenant,
        "event": event.type,
        "revision": event.revision,
        "body": event.body,
        "state": "pending",
        "tries": 0,
        "tries_before_replay": 0,
        "next_at": event.at,
        "created_at": event.at,
    }
    suffix = "" if event.revision is None else f"_{event.revision}"
    rows = [{**columns, **one, "id": f"{one['id']}{suffix}"} for one in receivers]
    connection.execute(insert(callbacks), rows)


def _http_receivers(job: Job) -> Iterator[Mapping[str, str]]:
    address = job.policy.callback_url
    if address is not None:
        yield {
            "id": f"{job.id}_callback",
            "protocol": "http",
            "address": address,
            "endpoint": _endpoint(address),
        }


def _endpoint(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:  # an invalid address must not keep a job from finishing
        return address


def _amqp_receivers(job: Job) -> Iterator[Mapping[str, str]]:
    """Yield a receiver for each target in `reply_to`: a queue, an exchange, or both."""
    for target in ("queue", "exchange"):
        name = (job.reply_to or {}).get(target)
        if name:
            yield {
                "id": f"{job.id}_{target}",
                "protocol": "amqp",
                "address": f"{target}:{name}",
                "endpoint": BROKER_ENDPOINT,
            }


def _addition_receivers(job: Job) -> Iterator[Mapping[str, str]]:
    """Yield a receiver for each analysis of the transcript that the job asks for."""
    if job.state is not JobState.SUCCEEDED:
        return
    for name in additions.names_of(job.policy.additions):
        yield {
            "id": f"{job.id}+{name}",
            "protocol": additions.PROTOCOL,
            "address": name,
            "endpoint": f"{additions.PROTOCOL}:{name}",
        }
