"""Callers that wait for a job or a result, also in a dispatcher that is stopping."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx

from tests.integration.dispatcher.farm import DEADLINE_S, HELLO, WAV, DispatcherFarm
from tests.support.waiting import until
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import JobState


@contextmanager
def meanwhile(
    call: Callable[..., httpx.Response], *args: Any, **kwargs: Any
) -> Iterator["Future[httpx.Response]"]:
    """Run a call in another thread."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(call, *args, **kwargs)


def submit(farm: DispatcherFarm, audio: bytes, **options: Any) -> httpx.Response:
    return farm.http.post(f"{farm.url}/v1/jobs", params=options, content=audio, headers=WAV)


def test_submit_with_wait_returns_the_transcript(farm: DispatcherFarm, audio: bytes) -> None:
    with meanwhile(submit, farm, audio, wait=DEADLINE_S, format="srt") as answer:
        [job_id] = farm.publisher.published(1)
        farm.succeed(farm.claim(job_id), HELLO)
    assert answer.result().status_code == 200
    assert answer.result().text.startswith("1\n00:00:00,100 --> 00:00:00,400\nhello there")
    assert answer.result().headers["content-location"] == f"/v1/jobs/{job_id}/result"


def test_result_is_json_by_default(farm: DispatcherFarm, audio: bytes) -> None:
    with meanwhile(submit, farm, audio, wait=DEADLINE_S) as answer:
        farm.succeed(farm.claim(*farm.publisher.published(1)), HELLO)
    assert answer.result().json() == HELLO.to_wire()


def test_submit_with_wait_returns_the_problem_of_a_failed_job(
    farm: DispatcherFarm, audio: bytes
) -> None:
    with meanwhile(submit, farm, audio, wait=DEADLINE_S) as answer:
        farm.fail(farm.claim(*farm.publisher.published(1)), EngineFailed("it gave up"))
    assert (answer.result().status_code, answer.result().json()["detail"]) == (500, "it gave up")


def test_submit_with_wait_returns_202_after_the_timeout(farm: DispatcherFarm, audio: bytes) -> None:
    answer = submit(farm, audio, wait=0.05)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert answer.headers["location"] == answer.json()["links"]["self"]


def test_wait_is_read_after_the_file(farm: DispatcherFarm, audio: bytes) -> None:
    answer = farm.http.post(f"{farm.url}/v1/jobs", files={"file": audio}, data={"wait": "0.05"})
    assert answer.status_code == 202


def test_get_job_waits_for_its_end(farm: DispatcherFarm, audio: bytes) -> None:
    url = f"{farm.url}{farm.submit(audio)['links']['self']}"
    with meanwhile(farm.http.get, url, params={"wait": DEADLINE_S}) as answer:
        farm.succeed(farm.claim(*farm.publisher.published(1)), HELLO)
    assert answer.result().json()["state"] == "succeeded"


def test_get_job_returns_after_the_wait(farm: DispatcherFarm, audio: bytes) -> None:
    url = f"{farm.url}{farm.submit(audio)['links']['self']}"
    began = time.monotonic()
    answer = farm.http.get(url, params={"wait": 0.2})
    assert 0.2 <= time.monotonic() - began < 5
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")


def test_invalid_wait_is_rejected(farm: DispatcherFarm, audio: bytes) -> None:
    url = f"{farm.url}{farm.submit(audio)['links']['self']}"
    for wait in ("-1", "nan", "soon"):
        answer = farm.http.get(url, params={"wait": wait})
        assert (answer.status_code, answer.json()["name"]) == (422, "invalid-option")


def test_many_callers_can_wait_at_once(farm: DispatcherFarm, audio: bytes) -> None:
    submitted = [farm.submit(audio) for _ in range(20)]
    urls = [f"{farm.url}{job['links']['self']}" for job in submitted]
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(farm.http.get, url, params={"wait": DEADLINE_S}) for url in urls]
        for job in submitted:
            farm.succeed(farm.claim(job["id"]), HELLO)
        states = {answer.result().json()["state"] for answer in waiting}
    assert states == {"succeeded"}


def transcribe(farm: DispatcherFarm, audio: bytes, **request: Any) -> httpx.Response:
    return farm.http.post(f"{farm.url}/transcribe", files={"file": ("call.wav", audio)}, **request)


def test_transcribe_returns_json(farm: DispatcherFarm, audio: bytes) -> None:
    with meanwhile(transcribe, farm, audio, data={"model": "small"}) as answer:
        [job_id] = farm.publisher.published(1)
        farm.succeed(farm.claim(job_id), HELLO)
    assert answer.result().json() == HELLO.to_wire()
    assert farm.publisher.now == [(job_id, "small")]


def test_transcribe_returns_the_problem_of_a_failed_job(farm: DispatcherFarm, audio: bytes) -> None:
    with meanwhile(transcribe, farm, audio) as answer:
        farm.fail(farm.claim(*farm.publisher.published(1)), EngineFailed("it gave up"))
    assert answer.result().json()["name"] == "engine-failed"


def test_disconnect_from_transcribe_cancels_the_job(farm: DispatcherFarm, audio: bytes) -> None:
    caller = httpx.Client(timeout=httpx.Timeout(DEADLINE_S, read=0.2))
    with caller, meanwhile(hang_up, caller, farm, audio):
        [job] = until(farm.jobs, "the job", within_s=DEADLINE_S)
        await_state(farm, job.id, JobState.CANCELLED)


def hang_up(caller: httpx.Client, farm: DispatcherFarm, audio: bytes) -> httpx.Response:
    try:
        return caller.post(f"{farm.url}/transcribe", files={"file": audio})
    except httpx.ReadTimeout:
        return httpx.Response(499)


def test_disconnect_from_get_job_leaves_the_job_running(farm: DispatcherFarm, audio: bytes) -> None:
    job = farm.submit(audio)
    caller = httpx.Client(timeout=httpx.Timeout(DEADLINE_S, read=0.05))
    with caller:
        try:
            caller.get(f"{farm.url}{job['links']['self']}", params={"wait": DEADLINE_S})
        except httpx.ReadTimeout:
            caller.close()
    assert farm.deps.ledger.jobs.get(job["id"]).state is JobState.QUEUED


def await_state(farm: DispatcherFarm, job_id: str, state: JobState) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while farm.deps.ledger.jobs.get(job_id).state is not state:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_shutdown_answers_waiting_callers(farm: DispatcherFarm, audio: bytes) -> None:
    url = f"{farm.url}{farm.submit(audio)['links']['self']}"
    began = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        looking = pool.submit(farm.http.get, url, params={"wait": 600})
        handing_in = pool.submit(submit, farm, audio, wait=600)
        transcribing = pool.submit(transcribe, farm, audio)
        farm.publisher.published(3)
        farm.server.should_exit = True
        answers = [one.result(DEADLINE_S) for one in (looking, handing_in, transcribing)]
    assert time.monotonic() - began < 5
    assert [answer.status_code for answer in answers] == [200, 202, 503]
    assert answers[2].json()["name"] == "farm-unavailable"
    assert int(answers[2].headers["retry-after"]) > 0
    assert {job.state for job in farm.jobs()} == {JobState.QUEUED}
