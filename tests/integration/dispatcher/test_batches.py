"""`/v1/batches`: counting and cancelling jobs together."""

from dataclasses import replace

import httpx

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm

NIGHT = "/v1/batches/night"


def get(farm: DispatcherFarm, path: str = NIGHT) -> httpx.Response:
    return farm.http.get(f"{farm.url}{path}")


def cancel(farm: DispatcherFarm) -> httpx.Response:
    return farm.http.delete(f"{farm.url}{NIGHT}")


def test_batch_is_counted_from_its_first_job_on(farm: DispatcherFarm, audio: bytes) -> None:
    missing = get(farm)
    assert (missing.status_code, missing.json()["name"]) == (404, "batch-not-found")
    jobs = [farm.submit(audio, batch="night") for _ in range(3)]
    farm.submit(audio)
    farm.succeed(farm.claim(jobs[0]["id"]), HELLO)
    batch = get(farm).json()
    assert batch["jobs"] == {
        **{"total": 3, "queued": 2, "running": 0},
        **{"succeeded": 1, "failed": 0, "cancelled": 0},
    }
    known_s = sum(job["audio"]["duration_s"] for job in jobs[1:])
    assert batch["audio_s"] == {"total": known_s + HELLO.duration, "transcribed": HELLO.duration}
    assert batch["created_at"] == jobs[0]["created_at"]
    assert batch["changed_at"] >= jobs[2]["created_at"]
    assert get(farm, batch["links"]["self"]).json() == batch
    listed = get(farm, batch["links"]["jobs"]).json()["jobs"]
    assert [job["id"] for job in listed] == [job["id"] for job in jobs[::-1]]


def test_cancel_ends_a_batch_whatever_its_size(farm: DispatcherFarm, audio: bytes) -> None:
    other = farm.submit(audio)
    first = farm.submit(audio, batch="night")
    model = farm.deps.ledger.jobs.get(first["id"])
    for number in range(150):
        farm.deps.ledger.jobs.insert(replace(model, id=f"job-{number}"))
    for _ in range(2):
        answer = cancel(farm)
        assert (answer.status_code, answer.json()["jobs"]["cancelled"]) == (200, 151)
    assert get(farm, other["links"]["self"]).json()["state"] == "queued"
