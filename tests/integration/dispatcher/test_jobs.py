"""Reading, listing and cancelling jobs."""

import io
from dataclasses import replace

import docx
import httpx
import pytest

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm
from whisperfarm_contract.problems import AudioUnreadable
from whisperfarm_dispatcher.api.documents import RESULT_FORMATS, WORD_DOCUMENTS
from whisperfarm_dispatcher.api.documents.vcon import Vcon
from whisperfarm_dispatcher.api.documents.word_file import MEDIA_TYPE


def get(farm: DispatcherFarm, path: str, **params: object) -> httpx.Response:
    return farm.http.get(f"{farm.url}{path}", params=params)  # type: ignore[arg-type]


def test_get_job_returns_the_job(farm: DispatcherFarm, audio: bytes) -> None:
    submitted = farm.submit(audio)
    assert get(farm, submitted["links"]["self"]).json() == submitted


def test_unknown_job_is_not_found(farm: DispatcherFarm) -> None:
    for path in ("/v1/jobs/nothing", "/v1/jobs/nothing/result"):
        answer = get(farm, path)
        assert (answer.status_code, answer.json()["name"]) == (404, "job-not-found")


def test_list_jobs_starts_with_the_newest(farm: DispatcherFarm, audio: bytes) -> None:
    submitted = [farm.submit(audio)["id"] for _ in range(5)]
    seen, before, pages = [], None, 0
    while pages == 0 or before:
        page = get(farm, "/v1/jobs", limit=2, **({"before": before} if before else {})).json()
        seen += [job["id"] for job in page["jobs"]]
        before, pages = page["next"], pages + 1
    assert seen == submitted[::-1]
    assert pages == 3


def test_list_jobs_filters_by_state(farm: DispatcherFarm, audio: bytes) -> None:
    waiting, running = farm.submit(audio)["id"], farm.submit(audio)["id"]
    farm.claim(running)
    assert [job["id"] for job in get(farm, "/v1/jobs", state="queued").json()["jobs"]] == [waiting]
    assert [job["id"] for job in get(farm, "/v1/jobs", state="running").json()["jobs"]] == [running]


def test_list_jobs_filters_by_labels_and_time(farm: DispatcherFarm, audio: bytes) -> None:
    first = farm.submit(audio, reference="call 17", metadata='{"agent": "A7"}')
    second = farm.submit(audio, reference="call 17", filename="call.wav")
    for query, expected in (
        ({"reference": "call 17"}, [second, first]),
        ({"reference": "call 17", "limit": 1, "before": second["id"]}, [first]),
        ({"metadata.agent": "A7"}, [first]),
        ({"filename": "call.wav", "from": second["created_at"]}, [second]),
        ({"to": "2001-01-01T00:00:00+01:00"}, []),
    ):
        found = get(farm, "/v1/jobs", **query).json()["jobs"]
        assert [job["id"] for job in found] == [job["id"] for job in expected]


def test_invalid_parameters_are_named(farm: DispatcherFarm) -> None:
    for name, value in (("state", "sleeping"), ("limit", "0"), ("limit", "many")):
        answer = get(farm, "/v1/jobs", **{name: value})
        assert (answer.status_code, answer.json()["name"]) == (422, "invalid-option")
        assert answer.json()["detail"].startswith(f"{name}: ")
    answer = get(farm, "/v1/jobs", refrence="call 17")
    assert (answer.status_code, answer.json()["name"]) == (422, "unknown-option")


def test_cancel_ends_a_queued_job_at_once(farm: DispatcherFarm, audio: bytes) -> None:
    job = farm.submit(audio)
    answer = farm.http.delete(f"{farm.url}{job['links']['self']}")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    result = get(farm, job["links"]["result"])
    assert (result.status_code, result.json()["name"]) == (409, "job-cancelled")


def test_cancel_ends_a_running_job_at_once(farm: DispatcherFarm, audio: bytes) -> None:
    job = farm.submit(audio)
    claimed = farm.claim(job["id"])
    answer = farm.http.delete(f"{farm.url}{job['links']['self']}")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["finished_at"] is not None
    assert farm.deps.ledger.attempts.heartbeat(
        job["id"], attempt=claimed.attempt, lease_s=60
    ).cancel_requested


def test_cancel_leaves_a_finished_job_unchanged(farm: DispatcherFarm, audio: bytes) -> None:
    path = f"/v1/jobs/{farm.transcribed(audio)}"
    before = get(farm, path).json()
    answer = farm.http.delete(f"{farm.url}{path}")
    assert (answer.status_code, answer.json()) == (200, before)


def test_result_is_available_as_json(farm: DispatcherFarm, audio: bytes) -> None:
    answer = get(farm, f"/v1/jobs/{farm.transcribed(audio)}/result")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == HELLO.to_wire()


def test_result_is_available_in_every_format(farm: DispatcherFarm, audio: bytes) -> None:
    path = f"/v1/jobs/{farm.transcribed(audio)}/result"
    begins = {
        "txt": "hello there",
        "srt": "1\n00:00:00,100 --> 00:00:00,400\nhello there",
        "vtt": "WEBVTT",
        "tsv": "start\tend\ttext",
        "verbose_json": '{"task": "transcribe", "language": "english"',
    }
    for name, beginning in begins.items():
        answer = get(farm, path, format=name)
        assert answer.text.startswith(beginning)
    assert get(farm, path, format="vtt").headers["content-type"] == "text/vtt; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/vtt", "text/vtt; charset=utf-8"),
        ("text/plain;q=0.5, application/x-subrip", "application/x-subrip"),
        ("text/html,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("image/png", "application/json"),
    ],
)
def test_format_of_a_result_is_that_of_accept(
    farm: DispatcherFarm, audio: bytes, accept: str, media_type: str
) -> None:
    url = f"{farm.url}/v1/jobs/{farm.transcribed(audio)}/result"
    answer = farm.http.get(url, headers={"Accept": accept})
    assert (answer.headers["content-type"], answer.headers["vary"]) == (media_type, "Accept")
    named = farm.http.get(url, params={"format": "tsv"}, headers={"Accept": accept})
    assert named.text.startswith("start\tend\ttext")


def test_result_accepts_subtitle_options(farm: DispatcherFarm, audio: bytes) -> None:
    path = f"/v1/jobs/{farm.transcribed(audio)}/result"
    words = get(farm, path, format="srt", max_words_per_line=1).text
    assert "hello there" not in words
    assert words.count("-->") == 2
    assert "<u>hello</u>" in get(farm, path, format="vtt", highlight_words="true").text


def test_personal_data_is_masked_in_every_format(farm: DispatcherFarm, audio: bytes) -> None:
    number = "4111 1111 1111 1111"
    segment = replace(HELLO.segments[0], text=f"it is {number}", words=())
    transcript = replace(HELLO, segments=(segment,), warnings=(f"doubtful: {number}",))
    job_id = farm.transcribed(audio, transcript=transcript, filename=f"call {number}.wav")
    path = f"/v1/jobs/{job_id}/result"
    for name in RESULT_FORMATS:
        answer = get(farm, path, format=name, redact="card")
        if answer.headers["content-type"] == MEDIA_TYPE:
            lines = [one.text for one in docx.Document(io.BytesIO(answer.content)).paragraphs]
            text = "\n".join(lines)
        else:
            text = answer.text
        assert "it is [card]" in text
        assert number not in text
        assert number.replace(" ", "") not in text
    assert get(farm, path, redact="card").json()["redactions"] == [
        {"kind": "card", "start": 0.1, "end": 0.4}
    ]
    assert number in get(farm, path).text
    assert number not in get(farm, path, redact=["card", "phone"]).text
    assert get(farm, path, redact="").status_code == 422


def test_link_to_a_redacted_transcript_is_refused(farm: DispatcherFarm, audio: bytes) -> None:
    answer = get(farm, f"/v1/jobs/{farm.transcribed(audio)}/result", link="true", redact="all")
    assert (answer.status_code, answer.json()["name"]) == (422, "invalid-option")
    assert answer.json()["detail"].startswith("redact: a link leads to the stored transcript")


def test_unknown_formats_and_options_are_rejected(farm: DispatcherFarm, audio: bytes) -> None:
    path = f"/v1/jobs/{farm.transcribed(audio)}/result"
    refused = (
        ({"format": "pdf"}, "unknown-format"),
        ({"format": "all"}, "unknown-format"),
        ({"format": "srt", "colour": "red"}, "unknown-option"),
        ({"format": "srt", "max_line_width": "wide"}, "invalid-option"),
        ({"format": "srt", "max_chars_per_second": "0"}, "invalid-option"),
        ({"redact": "faces"}, "invalid-option"),
    )
    for asked, name in refused:
        answer = get(farm, path, **asked)
        assert (answer.status_code, answer.json()["name"]) == (422, name)


def test_result_of_an_unfinished_job_has_retry_after(farm: DispatcherFarm, audio: bytes) -> None:
    answer = get(farm, farm.submit(audio)["links"]["result"])
    assert (answer.status_code, answer.json()["name"]) == (409, "job-not-finished")
    assert int(answer.headers["retry-after"]) > 0


def test_result_of_a_failed_job_is_its_problem(farm: DispatcherFarm, audio: bytes) -> None:
    job = farm.submit(audio)
    farm.fail(farm.claim(job["id"]), AudioUnreadable("call.wav: the decoder gave up"))
    answer = get(farm, job["links"]["result"])
    assert (answer.status_code, answer.json()["name"]) == (415, "audio-unreadable")
    assert answer.json()["detail"] == "call.wav: the decoder gave up"


def test_result_is_available_as_a_word_document(farm: DispatcherFarm, audio: bytes) -> None:
    path = f"/v1/jobs/{farm.transcribed(audio)}/result"
    for name in WORD_DOCUMENTS:
        answer = get(farm, path, format=name)
        assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA_TYPE)
        lines = [one.text for one in docx.Document(io.BytesIO(answer.content)).paragraphs]
        assert any(HELLO.text in line for line in lines)
    accepted = farm.http.get(f"{farm.url}{path}", headers={"Accept": MEDIA_TYPE})
    assert accepted.content == get(farm, path, format="docx").content


def test_result_is_available_as_a_vcon(farm: DispatcherFarm, audio: bytes) -> None:
    job_id = farm.transcribed(audio)
    path = f"/v1/jobs/{job_id}/result"
    answer = get(farm, path, format="vcon")
    assert (answer.status_code, answer.headers["content-type"]) == (200, Vcon.media_type)
    assert answer.json()["uuid"] == job_id
    assert HELLO.text.strip() in answer.text
    accepted = farm.http.get(f"{farm.url}{path}", headers={"Accept": Vcon.media_type})
    assert accepted.content == answer.content
