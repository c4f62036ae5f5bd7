"""`/v1/jobs/{id}/audio?redact=`: the redacted recording, if it masks all that is to be masked."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm, started
from tests.support.recordings import wav
from whisperfarm_contract.identifiers import redacted_audio_key, redacted_manifest_key, result_key
from whisperfarm_contract.transcript import Segment, Transcript, Word
from whisperfarm_store.redaction.recording import RedactedRecording

NUMBER = "4111 1111 1111 1111"
TRANSCRIPT = replace(
    HELLO, segments=(replace(HELLO.segments[0], text=f"it is {NUMBER}", words=()),)
)
COPY = wav(seconds=1.0)


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    with started(tmp_path_factory.mktemp("redacted"), custody=True) as running:
        yield running


def redacted(
    farm: DispatcherFarm,
    transcript: Transcript = TRANSCRIPT,
    *,
    masked: tuple[float, float] = (0.0, 0.5),
) -> str:
    """Return a job whose worker has made a redacted recording, with these seconds masked."""
    job_id = str(farm.submit(wav(), redact="card,phone", filename=f"{NUMBER}.mp3")["id"])
    job = farm.claim(job_id)
    made = RedactedRecording(
        kinds=("card", "phone"), sound="mute", duration_s=1.0, masked=(masked,)
    )
    key = result_key(job.tenant, job.id, job.attempt)
    farm.deps.blobs.put(redacted_audio_key(key), COPY)
    farm.deps.blobs.put(redacted_manifest_key(key), made.to_bytes())
    farm.succeed(job, transcript)
    return job_id


def get(farm: DispatcherFarm, job_id: str, redact: str, **headers: str) -> httpx.Response:
    url = f"{farm.url}/v1/jobs/{job_id}/audio"
    return farm.http.get(url, params={"redact": redact}, headers=headers)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["name"]


def test_redacted_recording_is_sent_like_the_original(farm: DispatcherFarm) -> None:
    job_id = redacted(farm)
    whole, part = get(farm, job_id, "card"), get(farm, job_id, "phone,card", range="bytes=4-9")
    assert (whole.status_code, whole.content) == (200, COPY)
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["content-security-policy"] == "sandbox"
    assert whole.headers["content-disposition"].endswith("''%5Bcard%5D-redacted.wav")
    assert (part.status_code, part.content) == (206, COPY[4:10])
    entries = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/custody").json()["entries"]
    bodies = [one["body"] for one in entries if one["body"].get("what") == "audio"]
    assert [one["redacted"] for one in bodies] == [["card"], ["card", "phone"]]


@pytest.mark.parametrize(
    ("kinds", "status", "name"),
    [
        ("card,iban", 409, "recording-not-redacted"),
        ("all", 409, "recording-not-redacted"),
        ("faces", 422, "invalid-option"),
        ("", 422, "invalid-option"),
    ],
)
def test_kinds_that_are_not_masked_are_refused(
    farm: DispatcherFarm, kinds: str, status: int, name: str
) -> None:
    assert refusal(get(farm, redacted(farm), kinds)) == (status, name)


def test_several_parameters_are_one_list(farm: DispatcherFarm) -> None:
    url = f"{farm.url}/v1/jobs/{redacted(farm)}/audio"
    answer = farm.http.get(url, params=[("redact", "iban"), ("redact", "card")])
    assert refusal(answer) == (409, "recording-not-redacted")


def test_number_outside_of_the_masked_spans_is_refused(farm: DispatcherFarm) -> None:
    answer = get(farm, redacted(farm, masked=(0.0, 0.3)), "card")
    assert refusal(answer) == (409, "recording-not-redacted")
    assert "submit the recording again with redact=card" in answer.json()["detail"]


def test_correction_with_a_number_at_another_time_is_refused(farm: DispatcherFarm) -> None:
    words = (Word(text="goodbye", start=0.6, end=0.9),)
    later = Segment(start=0.6, end=0.9, text="goodbye", words=words)
    job_id = redacted(farm, replace(TRANSCRIPT, segments=(*TRANSCRIPT.segments, later)))
    assert get(farm, job_id, "card").status_code == 200
    operation = {"op": "replace_text", "segment": 1, "text": NUMBER}
    url = f"{farm.url}/v1/jobs/{job_id}/revisions"
    answer = farm.http.post(url, json={"parent": 1, "operations": [operation]})
    assert answer.status_code == 201, answer.text
    assert refusal(get(farm, job_id, "card")) == (409, "recording-not-redacted")


def test_job_without_a_redacted_recording_is_refused(farm: DispatcherFarm) -> None:
    answer = get(farm, farm.transcribed(wav()), "card")
    assert refusal(answer) == (409, "recording-not-redacted")
    waiting = farm.submit(wav(), redact="card")["id"]
    assert refusal(get(farm, waiting, "card")) == (409, "job-not-finished")


def test_kind_that_the_farm_does_not_know_is_refused_at_submission(farm: DispatcherFarm) -> None:
    answer = farm.http.post(f"{farm.url}/v1/jobs?redact=card,staff", content=wav())
    assert refusal(answer) == (422, "invalid-option")
    assert "'staff' is not a kind of data" in answer.json()["detail"]
