"""The events of a job, as server-sent events."""

from collections.abc import Iterator
from typing import NamedTuple, cast

from whisperfarm_client import farm_documents
from whisperfarm_client.documents import InvalidDocument, parse_object
from whisperfarm_client.errors import BadResponse
from whisperfarm_client.farm_documents import Job
from whisperfarm_client.retried_requests import RetriedRequests
from whisperfarm_client.retry import Retrier
from whisperfarm_contract.states import FINAL_STATES

MAX_EVENT_BYTES = 2**20


class Event(NamedTuple):
    """A change of a job. `id` identifies it for `last_event_id`, `job` is the job after it.

    If its member `partial` is there, it has text that was decided since the last event.
    """

    id: str
    job: Job


def follow(
    requests: RetriedRequests, retrier: Retrier, target: str, last_event_id: str | None
) -> Iterator[Event]:
    """Yield the events of a job until it has ended, over as many responses as that takes."""

    def headers() -> dict[str, str]:
        resume = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
        return {"Accept": "text/event-stream", **resume}

    for lines in requests.streams(retrier, target, headers):
        for event in parse(lines):
            last_event_id = event.id
            yield event
            if event.job["state"] in FINAL_STATES:
                return


def parse(lines: Iterator[bytes]) -> Iterator[Event]:
    """Yield the events that are complete. Raises `BadResponse` for one that is not a job's.

    Fields follow https://html.spec.whatwg.org/multipage/server-sent-events.html; the farm ends
    its lines with a line feed.
    """
    fields: dict[str, bytes] = {}
    for line in lines:
        name, _, value = line.rstrip(b"\r\n").partition(b":")
        if name in {b"id", b"data"}:
            fields[name.decode()] = fields.get(name.decode(), b"") + value.removeprefix(b" ")
        elif not line.strip() and "data" in fields:
            yield _event(fields)
            fields = {}
        if sum(map(len, fields.values())) > MAX_EVENT_BYTES:
            raise BadResponse("an event of the farm has more than 1 MiB, the maximum")


def _event(fields: dict[str, bytes]) -> Event:
    job = parse_object(fields["data"])
    try:
        farm_documents.JOB(job)
    except InvalidDocument as error:
        raise BadResponse(f"an event of the farm is not a job: {error}") from error
    return Event(fields.get("id", b"").decode(errors="replace"), cast("Job", job))
