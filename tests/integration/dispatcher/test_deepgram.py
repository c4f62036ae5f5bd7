"""`/v1/listen`, as clients of Deepgram call it."""

import hashlib
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.farm import HELLO, WAV, DispatcherFarm, started
from tests.integration.dispatcher.receivers import answers, receiver, serving
from tests.integration.dispatcher.workers import answering
from tests.support.waiting import until
from whisperfarm_contract.states import JobState

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEYS = {"Authorization": "Token key-of-north"}


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    """Run a dispatcher with keys, one secret and access to this machine, and a worker."""
    with (
        started(
            tmp_path_factory.mktemp("farm"),
            presets=("demo", "small"),
            api_keys="north:key-of-north,south:key-of-south",
            callback_secrets=f"north:{SECRET}",
            allowed_networks="127.0.0.0/8",
            max_upload_bytes=1 << 20,
        ) as running,
        answering(running),
    ):
        yield running


def listen(
    farm: DispatcherFarm,
    content: bytes = b"",
    *,
    headers: dict[str, str] | None = None,
    json: Any = None,
    **params: Any,
) -> httpx.Response:
    body = {"json": json} if json is not None else {"content": content}
    own = KEYS | ({} if json is not None else WAV) | (headers or {})
    return farm.http.post(f"{farm.url}/v1/listen", params=params, headers=own, **body)


def newest(farm: DispatcherFarm) -> Any:
    return farm.deps.ledger.jobs.list_for_tenant("north", limit=1)[0]


def count_jobs(farm: DispatcherFarm) -> int:
    return len(farm.deps.ledger.jobs.list_for_tenant("north", limit=1000))


def test_recording_is_answered_with_its_transcript(farm: DispatcherFarm, audio: bytes) -> None:
    answer = listen(farm, audio, model="nova-2", smart_format=True, utterances=True)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    [channel] = document["results"]["channels"]
    assert channel["alternatives"][0]["transcript"] == HELLO.text
    assert document["results"]["utterances"][0]["transcript"] == HELLO.text
    assert document["metadata"]["sha256"] == hashlib.sha256(audio).hexdigest()
    assert document["metadata"]["request_id"] == answer.headers["dg-request-id"] == newest(farm).id


def test_parameters_reach_the_job(farm: DispatcherFarm, audio: bytes) -> None:
    params = {"model": "small", "language": "de-AT", "diarize": "false", "beam_size": "3"}
    assert listen(farm, audio, **params, keywords=["a:2", "b"]).status_code == 200
    job = newest(farm)
    assert (job.preset, job.options.language, job.options.diarize) == ("small", "de", False)
    assert (job.options.beam_size, job.options.hotwords) == (3, "a, b")


def test_headerless_audio_is_read_as_its_encoding_says(farm: DispatcherFarm) -> None:
    answer = listen(farm, bytes(8000), encoding="mulaw", sample_rate=8000, channels=1)
    assert answer.status_code == 200
    assert (newest(farm).options.encoding, newest(farm).options.sample_rate) == ("mulaw", 8000)


def test_header_has_precedence_over_the_encoding(farm: DispatcherFarm, audio: bytes) -> None:
    assert listen(farm, audio, encoding="mulaw", sample_rate=8000).status_code == 200
    assert (newest(farm).options.encoding, newest(farm).options.sample_rate) == (None, None)


def test_headerless_audio_of_two_channels_is_stored_with_a_header(farm: DispatcherFarm) -> None:
    params = {"encoding": "linear16", "sample_rate": 8000, "channels": 2, "multichannel": True}
    assert listen(farm, bytes(32_000), **params).status_code == 200
    job = newest(farm)
    assert (job.options.channels, job.options.encoding) == ("speakers", None)
    with farm.deps.blobs.open(job.audio.key) as stored:
        assert stored.read()[:12] == b"RIFF\xff\xff\xff\xffWAVE"


def test_recording_at_a_url_is_downloaded(farm: DispatcherFarm, audio: bytes) -> None:
    with receiver(serving(audio)) as site:
        answer = listen(farm, json={"url": f"{site.url}/call.wav?token=t"})
        assert site.requests[0].path == "/call.wav?token=t"
    assert answer.json()["metadata"]["sha256"] == hashlib.sha256(audio).hexdigest()


@pytest.mark.parametrize("status", [302, 404, 503])
def test_url_without_a_recording_is_an_error(farm: DispatcherFarm, status: int) -> None:
    with receiver(answers(status, Location="http://127.0.0.1:1/")) as site:
        answer = listen(farm, json={"url": site.url})
        assert len(site.requests) == 1
    assert (answer.status_code, answer.json()["err_code"]) == (400, "REMOTE_CONTENT_ERROR")
    assert str(status) in answer.json()["err_msg"]


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/x", "file:///etc/passwd", "http://a:b@c.example/"]
)
def test_forbidden_url_is_not_opened(farm: DispatcherFarm, url: str) -> None:
    answer = listen(farm, json={"url": url})
    assert (answer.status_code, answer.json()["err_code"]) == (400, "REMOTE_CONTENT_ERROR")


def test_too_large_download_is_stopped(farm: DispatcherFarm) -> None:
    blobs, jobs = len(farm.blobs()), count_jobs(farm)
    with receiver(serving(bytes(64 << 20))) as site:
        answer = listen(farm, json={"url": site.url})
    assert (answer.status_code, answer.json()["err_code"]) == (413, "Payload Too Large")
    assert (len(farm.blobs()), count_jobs(farm)) == (blobs, jobs)


def test_callback_is_answered_at_once(farm: DispatcherFarm, audio: bytes) -> None:
    with receiver(answers(200)) as site:
        answer = listen(farm, audio, callback=site.url)
        [received] = site.await_requests(1)
    assert answer.json() == {"request_id": newest(farm).id}
    assert received.headers["webhook-signature"].startswith("v1,")


def test_callback_without_a_secret_is_refused_by_name(farm: DispatcherFarm, audio: bytes) -> None:
    headers = {"Authorization": "Token key-of-south"}
    answer = listen(farm, audio, headers=headers, callback="https://a.example/")
    assert (answer.status_code, answer.json()["err_code"]) == (400, "Bad Request")
    assert answer.json()["err_msg"].startswith("callback: ")


def test_key_is_required(farm: DispatcherFarm, audio: bytes) -> None:
    for headers in ({"Authorization": "Token wrong"}, {"Authorization": ""}):
        answer = listen(farm, audio, headers=headers)
        assert (answer.status_code, answer.json()["err_code"]) == (401, "INVALID_AUTH")
        assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"redact": "name"}, "redact: this farm cannot mask 'name'"),
        ({"redact": "pci", "callback": "https://a.example/"}, "redact: a callback leads to"),
        ({"search": "hello"}, "search: this farm does not search the audio"),
        ({"nonsense": "1"}, "there is no option 'nonsense'"),
        ({"model": "enormous"}, "no model or preset 'enormous'"),
        ({"language": "tlh"}, "language: "),
        ({"encoding": "mulaw"}, "sample_rate"),
    ],
)
def test_bad_parameter_is_refused_by_name(
    farm: DispatcherFarm, audio: bytes, params: dict[str, str], names: str
) -> None:
    jobs = count_jobs(farm)
    content = bytes(100) if "encoding" in params else audio
    answer = listen(farm, content, **params)
    assert (answer.status_code, answer.json()["err_code"]) == (400, "Bad Request")
    assert names in answer.json()["err_msg"]
    assert count_jobs(farm) == jobs


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "audio/wav"),
        (b"not audio", "audio/wav"),
        (b"{}", "application/json"),
        (b"{", "application/json"),
        (b"[" * 10_000, "application/json"),
        (b" " * 20_000, "application/json"),
        (b"file=x", "application/x-www-form-urlencoded"),
        (b"--b--", "multipart/form-data; boundary=b"),
    ],
)
def test_bad_body_is_refused(farm: DispatcherFarm, content: bytes, media_type: str) -> None:
    answer = listen(farm, content, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["err_code"]) == (400, "Bad Request")


def test_wrong_method_is_refused(farm: DispatcherFarm) -> None:
    answer = farm.http.get(f"{farm.url}/v1/listen", headers=KEYS)
    assert (answer.status_code, answer.json()["err_code"]) == (405, "Method Not Allowed")


def test_disconnected_client_cancels_its_job(farm: DispatcherFarm, audio: bytes) -> None:
    farm.publisher.reachable = False
    try:
        jobs = count_jobs(farm)
        client = HTTPConnection(farm.url.removeprefix("http://"))
        client.request("POST", "/v1/listen", body=audio, headers=KEYS | WAV)
        until(lambda: count_jobs(farm) > jobs, "the job")
        client.close()
        until(lambda: newest(farm).state.is_final, "the end of the job")
        assert newest(farm).state is JobState.CANCELLED
    finally:
        farm.publisher.reachable = True
