"""Analysts correct transcripts and supervisors approve them; the machine's result stays."""

import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm, started
from tests.integration.dispatcher.receivers import answers, receiver
from tests.support.concurrency import run_concurrently
from tests.support.recordings import wav
from whisperfarm_contract.permissions import Role
from whisperfarm_dispatcher.api.documents import RESULT_FORMATS
from whisperfarm_dispatcher.maintenance.orphans import OrphanCleanup
from whisperfarm_dispatcher.maintenance.retention import Retention, RetentionPolicy
from whisperfarm_store.ledger import KeyGrant

CORRECTED = "hello <b>Ada</b> --> 5105 1051 0510 5100"
OPERATIONS = [{"op": "replace_text", "segment": 0, "first_word": 1, "text": CORRECTED[6:]}]
SECRET = "whsec_" + "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    """Run a farm that requires keys."""
    folder = tmp_path_factory.mktemp("revisions")
    with started(
        folder,
        require_key=True,
        callback_secrets=SECRET,
        callback_interval_s=0.02,
        allowed_networks="127.0.0.0/8",
    ) as running:
        yield running


class Desk:
    """One person with a key of its own, and one job."""

    def __init__(self, farm: DispatcherFarm, job: str, role: str) -> None:
        grant = KeyGrant(tenant="default", role=role)
        key, text = farm.deps.ledger.api_keys.create(grant)
        self.author = f"key:{key.id}"
        self._farm = farm
        self._headers = {"X-API-Key": text.text}
        self._url = f"{farm.url}/v1/jobs/{job}"

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._farm.http.request(
            method, f"{self._url}{path}", headers=self._headers, **options
        )

    def correct(self, parent: int = 1, **more: Any) -> httpx.Response:
        document = {"parent": parent, "operations": OPERATIONS, **more}
        return self.send("POST", "/revisions", json=document)

    def approve(self, number: int, **options: Any) -> httpx.Response:
        return self.send("POST", f"/revisions/{number}/approve", **options)

    def revisions(self) -> dict[str, Any]:
        return dict(self.send("GET", "/revisions").json())

    def result(self, **query: Any) -> httpx.Response:
        answer = self.send("GET", "/result", params=query)
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture
def job(guarded: DispatcherFarm) -> Callable[..., str]:
    """Return a function that runs a job to success."""
    key = guarded.deps.ledger.api_keys.create(KeyGrant(tenant="default", role=Role.CALLER))[1]

    def run(**options: str) -> str:
        answer = guarded.http.post(
            f"{guarded.url}/v1/jobs",
            params=options,
            content=wav(),
            headers={"Content-Type": "audio/wav", "X-API-Key": key.text},
        )
        assert answer.status_code == 202, answer.text
        job_id = str(answer.json()["id"])
        guarded.succeed(guarded.claim(job_id), HELLO)
        return job_id

    return run


@pytest.fixture
def analyst(guarded: DispatcherFarm, job: Callable[..., str]) -> Desk:
    return Desk(guarded, job(), Role.ANALYST)


def names(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["name"]


def test_correction_is_the_result_and_the_machines_stays(analyst: Desk) -> None:
    before = analyst.result().content
    made = analyst.correct(note="the name", tags=["names"])
    assert made.status_code == 201, made.text
    location = made.headers["Location"]
    assert location.endswith("/result?revision=2")
    document = made.json()
    assert document.pop("created_at").endswith("Z")
    assert document == {
        "number": 2,
        "kind": "corrected",
        "parent": 1,
        "author": analyst.author,
        "note": "the name",
        "tags": ["names"],
    }
    result = analyst.result()
    assert result.json()["text"] == CORRECTED
    assert result.headers["Whisperfarm-Revision"] == "2"
    assert "Whisperfarm-Approval" not in result.headers
    assert [word.get("interpolated") for word in result.json()["word_segments"]][:2] == [None, True]
    assert analyst.result(revision=1).content == before
    listed = analyst.revisions()
    assert (listed["default"], [one["number"] for one in listed["revisions"]]) == (2, [1, 2])


@pytest.mark.parametrize("format", RESULT_FORMATS)
def test_each_format_escapes_a_correction_as_the_machines_text(
    guarded: DispatcherFarm, job: Callable[..., str], format: str
) -> None:
    desk = Desk(guarded, job(), Role.ANALYST)
    desk.correct()
    content = desk.result(format=format, revision=2).content
    assert content
    if format in {"srt", "vtt"}:
        assert content.count(b"-->") == 1
    if format == "ttml":
        assert b"&lt;b&gt;Ada" in content


def test_correction_can_be_redacted(analyst: Desk) -> None:
    note = {"op": "set_note", "segment": 0, "note": "card 5105105105105100"}
    analyst.send("POST", "/revisions", json={"parent": 1, "operations": [*OPERATIONS, note]})
    for path in ("/result", "/revisions/2/difference"):
        assert "510" not in analyst.send("GET", path, params={"redact": "card"}).text
        assert "510" in analyst.send("GET", path).text


def test_difference_shows_what_changed(analyst: Desk) -> None:
    analyst.correct()
    shown = analyst.send("GET", "/revisions/2/difference").json()
    change = {"segment": 0, "before": {"text": "hello there"}, "after": {"text": CORRECTED}}
    assert shown == {"revision": 2, "parent": 1, "changes": [change]}
    first = analyst.send("GET", "/revisions/1/difference").json()
    assert first == {"revision": 1, "parent": None, "changes": []}
    assert names(analyst.send("GET", "/revisions/3/difference")) == (404, "revision-not-found")
    unknown = analyst.send("GET", "/result", params={"revision": 3})
    assert names(unknown) == (404, "revision-not-found")


def test_of_two_corrections_at_once_one_conflicts(
    guarded: DispatcherFarm, job: Callable[..., str]
) -> None:
    job_id = job()
    desks = [Desk(guarded, job_id, Role.ANALYST) for _ in range(4)]
    made = run_concurrently(4, lambda number: desks[number].correct(note=f"by {number}"))
    assert sorted(one.status_code for one in made) == [201, 409, 409, 409]
    refused = [one.json() for one in made if one.status_code == 409]
    assert {(one["name"], one["newest"]) for one in refused} == {("revision-conflict", 2)}
    assert len(desks[0].revisions()["revisions"]) == 2
    kept = [key for key in guarded.blobs() if f"{job_id}/revisions/" in key]
    assert len(kept) == 1  # those of the refused ones are deleted


def test_request_that_is_sent_again_makes_no_second_revision(
    guarded: DispatcherFarm, analyst: Desk
) -> None:
    first, again = analyst.correct(), analyst.correct()
    assert first.json() == again.json()
    assert len(analyst.revisions()["revisions"]) == 2


def test_approval_needs_the_permission_of_a_supervisor(
    guarded: DispatcherFarm, job: Callable[..., str]
) -> None:
    job_id = job(approval="required")
    analyst, supervisor = (Desk(guarded, job_id, role) for role in ("analyst", "supervisor"))
    machine = analyst.result()
    assert machine.headers["Whisperfarm-Approval"] == "pending"
    assert machine.json()["warnings"] == ["revision 1 of this transcript is not approved"]
    analyst.correct()
    assert names(analyst.approve(2)) == (403, "permission-denied")
    assert analyst.send("GET", "").json()["approval"] == "pending"
    approved = supervisor.approve(2, json={"note": "checked"})
    assert (approved.status_code, approved.json()["kind"]) == (201, "approved")
    assert supervisor.approve(2, json={"note": "checked"}).json() == approved.json()
    assert supervisor.approve(3).json() == approved.json()
    assert analyst.send("GET", "").json()["approval"] == "approved"
    result = analyst.result()
    assert result.headers["Whisperfarm-Approval"] == "approved"
    assert (result.json()["text"], result.json()["warnings"]) == (CORRECTED, [])
    assert names(supervisor.approve(1)) == (409, "revision-conflict")
    analyst.correct(3, operations=[], note="one more look")
    assert analyst.revisions()["default"] == 3


def test_caller_may_neither_correct_nor_approve(
    guarded: DispatcherFarm, job: Callable[..., str]
) -> None:
    caller = Desk(guarded, job(), Role.CALLER)
    assert names(caller.correct()) == (403, "permission-denied")
    assert names(caller.approve(1)) == (403, "permission-denied")
    assert caller.revisions()["default"] == 1


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"", "invalid-correction"),
        (b"no json", "invalid-correction"),
        (b"[]", "invalid-correction"),
        (b'{"parent": 1, "operations": [{"op": "replace_text", "segment": 9}]}',
         "invalid-correction"),
        (b'{"parent": 7, "note": "x"}', "revision-not-found"),
        (b'{"parent": 1, "note": "\\ud800"}', "invalid-correction"),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, "invalid-correction"),
        (b" " * ((1 << 20) + 1), "client-error"),
    ],
    ids=["empty", "text", "list", "no segment", "no parent", "surrogate", "deep", "long"],
)  # fmt: skip
def test_invalid_correction_changes_nothing(analyst: Desk, body: bytes, name: str) -> None:
    answer = analyst.send("POST", "/revisions", content=body)
    assert answer.json()["name"] == name
    assert len(analyst.revisions()["revisions"]) == 1


def test_job_without_a_transcript_has_no_revisions(farm: DispatcherFarm, audio: bytes) -> None:
    job_id = farm.submit(audio)["id"]
    url = f"{farm.url}/v1/jobs/{job_id}/revisions"
    for answer in (farm.http.get(url), farm.http.post(url, json={"parent": 1, "note": "x"})):
        assert names(answer) == (409, "job-not-finished")


def test_callbacks_report_each_revision(guarded: DispatcherFarm, job: Callable[..., str]) -> None:
    with receiver(answers(204)) as received:
        job_id = job(callback_url=received.url, approval="required")
        received.await_requests(1)
        supervisor = Desk(guarded, job_id, Role.SUPERVISOR)
        supervisor.correct()
        received.await_requests(2)
        supervisor.approve(2)
        requests = received.await_requests(3)
    reported = [json.loads(one.body) for one in requests]
    assert [(one["type"], one["data"]["approval"]) for one in reported] == [
        ("job.succeeded", "pending"),
        ("revision.created", "pending"),
        ("revision.approved", "approved"),
    ]
    assert reported[1]["data"]["revision"]["author"] == supervisor.author
    assert b"Ada" not in b"".join(one.body for one in requests)


def test_orphan_of_a_killed_dispatcher_is_cleaned_up(
    guarded: DispatcherFarm, analyst: Desk, job: Callable[..., str]
) -> None:
    analyst.correct()
    job_id = job()
    orphan = f"results/default/{job_id}/revisions/never-inserted/transcript.json"
    guarded.deps.blobs.put(orphan, b"{}")
    before = time.time() - 25 * 3600
    for key in guarded.blobs():
        os.utime(guarded.deps.settings.data_dir / "blobs" / key, (before, before))
    cleanup = OrphanCleanup(guarded.deps.ledger, guarded.deps.blobs)
    assert list(cleanup.find()) == [orphan]
    cleanup.run_once()
    assert analyst.result().json()["text"] == CORRECTED


def test_retention_deletes_all_revisions(farm: DispatcherFarm, audio: bytes) -> None:
    job_id = farm.transcribed(audio)
    url = f"{farm.url}/v1/jobs/{job_id}"
    correction = {"parent": 1, "operations": OPERATIONS, "note": "x"}
    assert farm.http.post(f"{url}/revisions", json=correction).json()["author"] == "farm"
    policy = RetentionPolicy(audio_days=0, results_days=1e-9, jobs_days=0, idempotency_days=1)
    Retention(farm.deps.ledger, farm.deps.blobs, policy).run_once()
    assert [key for key in farm.blobs() if key.startswith("results/")] == []
    listed = farm.http.get(f"{url}/revisions").json()["revisions"]
    assert [(one["number"], one["note"]) for one in listed] == [(1, None), (2, None)]
    for answer in (
        farm.http.get(f"{url}/result?revision=2"),
        farm.http.get(f"{url}/revisions/2/difference"),
        farm.http.post(f"{url}/revisions", json={**correction, "parent": 2}),
    ):
        assert names(answer) == (410, "result-expired")
