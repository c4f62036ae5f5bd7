"""The jobs of a tenant are followed by server-sent events."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.dispatcher.event_stream import Stream
from tests.integration.dispatcher.farm import DEADLINE_S, HELLO, DispatcherFarm, started
from whisperfarm_dispatcher.api.routes.list_events import MAX_STREAMS
from whisperfarm_store.ledger import KeyGrant


@contextmanager
def following(farm: DispatcherFarm, key: str = "", **filters: str) -> Iterator[Stream]:
    """Yield the stream after its first event, from which on no change is missed."""
    with opened(farm, key, **filters) as response:
        stream = Stream(response.iter_lines())
        assert stream.next()["event"] == "refresh"
        yield stream


def opened(farm: DispatcherFarm, key: str = "", **filters: str) -> Any:
    headers = {"X-API-Key": key} if key else {}
    url = f"{farm.url}/v1/jobs/events"
    return farm.http.stream("GET", url, params=filters, headers=headers, timeout=DEADLINE_S)


def next_of(stream: Stream, job_id: str) -> dict[str, Any]:
    """Return the next event, which must be about the job."""
    event = stream.next()
    assert event["data"]["id"] == job_id, event
    return event


def test_changes_of_all_jobs_are_sent(farm: DispatcherFarm, audio: bytes) -> None:
    old = farm.submit(audio)["id"]
    with following(farm) as stream, following(farm) as other_tab:
        job = farm.claim(old)
        assert next_of(stream, old)["event"] == "running"
        assert next_of(other_tab, old)["data"]["attempt"] == 1
        farm.deps.ledger.attempts.requeue(old, attempt=job.attempt)
        assert next_of(stream, old)["event"] == "queued"
        new = farm.submit(audio)["id"]
        assert next_of(stream, new)["event"] == "queued"
        farm.succeed(farm.claim(new), HELLO)
        assert next_of(stream, new)["event"] == "succeeded"
        farm.http.delete(f"{farm.url}/v1/jobs/{old}")
        assert next_of(stream, old)["event"] == "cancelled"


def test_filters_select_jobs(farm: DispatcherFarm, audio: bytes) -> None:
    with following(farm, batch="night", state="queued") as stream:
        farm.submit(audio, batch="day")
        job = farm.submit(audio, batch="night")["id"]
        assert next_of(stream, job)["event"] == "queued"
        farm.claim(job)
        event = next_of(stream, job)
        assert (event["event"], event["data"]) == ("unlisted", {"id": job})


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("state=none", "invalid-option"),
        ("text=hello", "unknown-option"),
        ("batch=a&batch=b", "client-error"),
    ],
)
def test_other_parameters_are_refused(farm: DispatcherFarm, query: str, problem: str) -> None:
    answer = farm.http.get(f"{farm.url}/v1/jobs/events?{query}")
    assert answer.json()["name"] == problem


def test_tenants_follow_their_own_jobs_until_the_key_is_revoked(
    tmp_path: Path, audio: bytes
) -> None:
    with started(tmp_path, require_key=True) as farm:
        keys = farm.deps.ledger.api_keys
        north, south = (
            keys.create(KeyGrant(tenant=one, role="admin")) for one in ("north", "south")
        )
        with following(farm, north[1].text) as stream:
            for _, key in (south, north):
                farm.http.headers["X-API-Key"] = key.text
                job = farm.submit(audio)["id"]
            assert next_of(stream, job)["event"] == "queued"
            keys.revoke(north[0].id)
            with pytest.raises(EOFError):
                stream.next()


def test_streams_of_a_caller_are_limited(farm: DispatcherFarm, audio: bytes) -> None:
    with ExitStack() as stack:
        streams = [stack.enter_context(following(farm)) for _ in range(MAX_STREAMS)]
        answer = farm.http.get(f"{farm.url}/v1/jobs/events")
        assert (answer.status_code, answer.json()["name"]) == (429, "too-many-requests")
        job = farm.submit(audio)["id"]
        assert {next_of(one, job)["event"] for one in streams} == {"queued"}
    with following(farm):
        """A closed stream does not count."""
