"""A caller's batch, reference and metadata: with every submission, and in every answer."""

import json

from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import HELLO, WAV, DispatcherFarm

LABELS = {
    "batch": "2024-11-20",
    "reference": "call 17",
    "metadata": {"agent": "Zoë", "queue": {"id": 7}},
}
AS_FIELDS = {**LABELS, "metadata": json.dumps(LABELS["metadata"])}


def labels_of(job: dict[str, object]) -> dict[str, object]:
    return {name: job[name] for name in LABELS}


def test_labels_of_a_form_and_of_a_query_are_in_every_answer(
    farm: DispatcherFarm, audio: bytes
) -> None:
    form = farm.http.post(f"{farm.url}/v1/jobs", files={"file": audio}, data=AS_FIELDS).json()
    query = farm.submit(audio, **AS_FIELDS)
    read = farm.http.get(f"{farm.url}{form['links']['self']}").json()
    cancelled = farm.http.delete(f"{farm.url}{query['links']['self']}").json()
    listed = farm.http.get(f"{farm.url}/v1/jobs").json()["jobs"]
    for job in (form, query, read, cancelled, *listed):
        assert labels_of(job) == LABELS
    assert labels_of(farm.submit(audio)) == dict.fromkeys(LABELS)


def test_labels_are_a_part_of_an_idempotent_request(farm: DispatcherFarm, audio: bytes) -> None:
    headers = {**WAV, "Idempotency-Key": "call-17"}
    others = ({"metadata": '{"agent": "Max"}'}, {"reference": "call 18"}, {"batch": "night"})
    answers = [
        farm.http.post(
            f"{farm.url}/v1/jobs", content=audio, headers=headers, params={**AS_FIELDS, **changed}
        )
        for changed in ({}, {}, *others)
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 409, 409, 409]


def test_labels_are_neither_in_logs_nor_in_the_stored_transcript(
    farm: DispatcherFarm, audio: bytes
) -> None:
    with capture_logs() as logs:
        job_id = farm.submit(audio, **AS_FIELDS)["id"]
        farm.succeed(farm.claim(job_id), HELLO)
        refused = {"batch": "call 17/18", "reference": "call\n17", "metadata": '{"agent": "Zoë"'}
        for name, value in refused.items():
            params = {name: value}
            answer = farm.http.post(
                f"{farm.url}/v1/jobs", params=params, content=audio, headers=WAV
            )
            assert answer.json()["detail"].startswith(f"{name}: ")
    result = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result").text
    for text in (repr(logs), result):
        assert "call 17" not in text
        assert "agent" not in text
