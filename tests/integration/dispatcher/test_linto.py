"""`/transcribe`, `/job/{id}` and `/results/{id}`, as clients of LinTO call them."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.farm import DEADLINE_S, HELLO, DispatcherFarm, started
from tests.integration.dispatcher.workers import answering
from tests.support.recordings import wav
from tests.support.waiting import until
from whisperfarm_contract.problems import EngineFailed

NORTH = {"Authorization": "Bearer key-of-north"}
SOUTH = {"Authorization": "Bearer key-of-south"}
CONFIG = json.dumps({"language": "en-US", "diarizationConfig": {"enableDiarization": True}})


@pytest.fixture(scope="module")
def idle_farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    """Run a dispatcher with the keys of two tenants, without a worker."""
    with started(
        tmp_path_factory.mktemp("farm"),
        presets=("small", "demo"),
        api_keys="north:key-of-north,south:key-of-south",
        max_upload_bytes=1 << 20,
    ) as running:
        yield running


@pytest.fixture
def farm(idle_farm: DispatcherFarm) -> Iterator[DispatcherFarm]:
    """Run a worker."""
    with answering(idle_farm):
        yield idle_farm


def transcribe(
    farm: DispatcherFarm, *, accept: str = "application/json", part: str = "file", **data: str
) -> httpx.Response:
    return farm.http.post(
        f"{farm.url}/transcribe",
        files={part: ("call.wav", wav())},
        data=data,
        headers={**NORTH, "Accept": accept},
    )


def get(farm: DispatcherFarm, path: str, **headers: str) -> httpx.Response:
    return farm.http.get(f"{farm.url}{path}", headers={**NORTH, **headers})


def done(farm: DispatcherFarm, job_id: str) -> str:
    def look() -> str | None:
        answer = get(farm, f"/job/{job_id}")
        return answer.json()["result_id"] if answer.status_code == 201 else None

    return until(look, "the end of the job", within_s=DEADLINE_S)


def test_job_is_submitted_followed_and_fetched(farm: DispatcherFarm) -> None:
    answer = transcribe(farm, part="any key", transcriptionConfig=CONFIG, force_sync="")
    assert answer.status_code == 201, answer.text
    assert answer.json().keys() == {"jobid"}
    result_id = done(farm, answer.json()["jobid"])
    [job] = farm.deps.ledger.jobs.list_for_tenant("north", limit=1)
    assert job.options.to_wire() == {"language": "en", "diarize": True}
    result = get(farm, f"/results/{result_id}", Accept="application/json").json()
    assert result["transcription_result"] == "hello there"
    assert result["segments"][0]["words"][0]["word"] == "hello"


@pytest.mark.parametrize(
    ("accept", "start"),
    [
        ("application/json", "{"),
        ("text/plain", "hello"),
        ("text/vtt", "WEBVTT"),
        ("text/srt", "1\n00:00:00,100"),
    ],
)
def test_accept_picks_the_format(farm: DispatcherFarm, accept: str, start: str) -> None:
    answer = transcribe(farm, accept=accept, force_sync="true")
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith(start)
    assert answer.headers["content-type"].partition(";")[0] == accept
    [job] = farm.deps.ledger.jobs.list_for_tenant("north", limit=1)
    assert get(farm, f"/results/{job.id}", Accept=accept).text == answer.text


def test_job_id_may_be_text(farm: DispatcherFarm) -> None:
    answer = transcribe(farm, accept="text/plain")
    assert (answer.status_code, len(answer.text)) == (201, 36)


def test_wrapper_script_gets_the_farm_own_json(farm: DispatcherFarm) -> None:
    answer = transcribe(farm, accept="*/*", model="small")
    assert (answer.status_code, answer.json()) == (200, HELLO.to_wire())


def test_states_of_a_job(idle_farm: DispatcherFarm) -> None:
    job_id = transcribe(idle_farm).json()["jobid"]
    pending = get(idle_farm, f"/job/{job_id}")
    assert (pending.status_code, pending.json()) == (202, {"state": "pending"})
    too_early = get(idle_farm, f"/results/{job_id}")
    assert (too_early.status_code, too_early.json()["state"]) == (409, "failed")
    claimed = idle_farm.claim(job_id)
    begun = get(idle_farm, f"/job/{job_id}")
    assert (begun.status_code, begun.json()["state"]) == (202, "started")
    assert begun.json()["steps"]["preprocessing"]["status"] == "started"
    idle_farm.fail(claimed, EngineFailed("it gave up"))
    failed = get(idle_farm, f"/job/{job_id}")
    assert (failed.status_code, failed.json()) == (500, {"state": "failed", "reason": "it gave up"})


def test_job_of_another_tenant_is_not_found(idle_farm: DispatcherFarm) -> None:
    job_id = transcribe(idle_farm).json()["jobid"]
    for path in (f"/job/{job_id}", f"/results/{job_id}", "/job/x", "/results/x"):
        answer = get(idle_farm, path, **SOUTH)
        assert (answer.status_code, answer.json()["state"]) == (404, "failed")
        assert answer.json().keys() == {"state", "reason"}


@pytest.mark.parametrize(
    ("config", "reason"),
    [('{"colour": 1}', "colour"), ("{", "JSON"), ('{"language": "xx"}', "language")],
)
def test_invalid_configuration_is_refused(
    idle_farm: DispatcherFarm, config: str, reason: str
) -> None:
    answer = transcribe(idle_farm, transcriptionConfig=config)
    assert (answer.status_code, answer.json()["state"]) == (400, "failed")
    assert reason in answer.json()["reason"]


@pytest.mark.parametrize(
    "query", ["return_raw=true", "convert_numbers=true", "wordsub=a:b", "colour=red"]
)
def test_parameter_without_effect_is_refused_by_name(idle_farm: DispatcherFarm, query: str) -> None:
    answer = get(idle_farm, f"/results/x?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["reason"]


def test_unknown_format_is_refused(idle_farm: DispatcherFarm) -> None:
    answer = get(idle_farm, "/results/x", Accept="text/html")
    assert (answer.status_code, "text/srt" in answer.json()["reason"]) == (400, True)


def test_missing_key_is_refused_in_the_shape_of_linto(idle_farm: DispatcherFarm) -> None:
    answer: Any = idle_farm.http.get(f"{idle_farm.url}/job/x")
    assert (answer.status_code, answer.json()["state"]) == (401, "failed")
