"""Jobs whose recording the farm downloads."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.farm import WAV, DispatcherFarm, started
from tests.integration.dispatcher.receivers import answers, receiver, serving
from whisperfarm_contract.leg_container import read_extents


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    """Run a dispatcher that may connect to this machine."""
    folder: Path = tmp_path_factory.mktemp("farm")
    with started(folder, allowed_networks="127.0.0.0/8") as running:
        yield running


def submit(farm: DispatcherFarm, key: str = "", **request: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return farm.http.post(f"{farm.url}/v1/jobs", headers=headers, **request)


def test_recording_at_an_address_becomes_a_job(farm: DispatcherFarm, audio: bytes) -> None:
    with receiver(serving(audio)) as site:
        url = f"{site.url}/calls/call%2017.wav?token=t"
        in_query = submit(farm, params={"audio_url": url, "reference": "call-17"})
        in_form = submit(farm, files={"audio_url": (None, url), "filename": (None, "b.wav")})
    for answer, name in ((in_query, "call 17.wav"), (in_form, "b.wav")):
        assert answer.status_code == 202, answer.text
        job = farm.deps.ledger.jobs.get(answer.json()["id"])
        assert job.audio.filename == name
        assert job.audio.sha256 == hashlib.sha256(audio).hexdigest()


def test_repeated_request_gets_its_job_without_a_download(
    farm: DispatcherFarm, audio: bytes
) -> None:
    with receiver(serving(audio)) as site:
        url = f"{site.url}/a.wav"
        first = submit(farm, key="call-1", params={"audio_url": url})
        again = submit(farm, key="call-1", params={"audio_url": url})
        assert len(site.requests) == 1
        assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
        for other in ({"audio_url": f"{site.url}/b.wav"}, {"audio_url": url, "beam_size": "2"}):
            conflict = submit(farm, key="call-1", params=other)
            assert conflict.json()["name"] == "idempotency-conflict"
        assert len(site.requests) == 1


def test_request_with_a_recording_and_an_address_is_refused(
    farm: DispatcherFarm, audio: bytes
) -> None:
    with receiver(serving(audio)) as site:
        url, before = f"{site.url}/a.wav", farm.blobs()
        body = farm.http.post(
            f"{farm.url}/v1/jobs", params={"audio_url": url}, content=audio, headers=WAV
        )
        earlier = submit(farm, files=[("audio_url", (None, url)), ("file", audio)])
        later = submit(farm, files=[("file", audio), ("audio_url", (None, url))])
        for answer in (body, earlier, later):
            assert (answer.status_code, answer.json()["name"]) == (400, "client-error")
        assert (site.requests, farm.blobs()) == ([], before)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://10.0.0.1/x", "forbidden-address"),
        ("file:///etc/passwd", "forbidden-address"),
        ("http://[::1/x", "client-error"),
        ("nowhere", "forbidden-address"),
    ],
)
def test_forbidden_address_is_not_opened(farm: DispatcherFarm, url: str, name: str) -> None:
    assert submit(farm, params={"audio_url": url}).json()["name"] == name


@pytest.mark.parametrize(
    ("status", "name"),
    [(302, "missing-audio"), (404, "missing-audio"), (503, "address-unreachable")],
)
def test_address_without_a_recording_is_an_error(
    farm: DispatcherFarm, status: int, name: str
) -> None:
    before = farm.blobs()
    with receiver(answers(status)) as site:
        assert submit(farm, params={"audio_url": site.url}).json()["name"] == name
    assert farm.blobs() == before


def test_invalid_option_is_refused_before_the_download(farm: DispatcherFarm, audio: bytes) -> None:
    with receiver(serving(audio)) as site:
        answer = submit(farm, params={"audio_url": site.url, "beam_size": "0"})
        assert (answer.json()["name"], site.requests) == ("invalid-option", [])


def post_legs(
    farm: DispatcherFarm, urls: list[str], offsets: list[str], key: str = "", **more: Any
) -> httpx.Response:
    parts = [("audio_url", (None, url)) for url in urls]
    parts += [("leg_offset_s", (None, offset_s)) for offset_s in offsets]
    return submit(farm, key=key, files=[*parts, *more.items()])


def test_legs_at_addresses_become_one_job(farm: DispatcherFarm, audio: bytes) -> None:
    with receiver(serving(audio)) as site:
        urls = [f"{site.url}/in.wav", f"{site.url}/out.wav"]
        first, again = (
            post_legs(farm, urls, ["0", "2.5"], "two", leg_name=(None, "agent,")) for _ in range(2)
        )
        assert [request.path for request in site.requests] == ["/in.wav", "/out.wav"]
        conflict = post_legs(farm, urls[::-1], ["0", "2.5"], "two", leg_name=(None, "agent,"))
    assert conflict.json()["name"] == "idempotency-conflict"
    assert first.status_code == 202, first.text
    job = first.json()
    assert again.json()["id"] == job["id"]
    assert job["options"] == {"leg_offset_s": "0,2.5", "leg_name": "agent,"}
    assert job["audio"]["filename"] == "in.wav"
    with farm.deps.blobs.open(f"audio/default/{job['id']}") as file:
        assert [size_bytes for _, size_bytes in read_extents(file)] == [len(audio)] * 2


@pytest.mark.parametrize(
    ("paths", "offsets", "problem"),
    [
        (["/a", "http://10.0.0.1/b"], ["0", "1"], ("forbidden-address", "leg 1: 10.0.0.1")),
        (["/a", "/b"], [], ("invalid-option", "of offsets: 0")),
        (["/a"] * 17, ["0"] * 16, ("invalid-option", "recordings: 17")),
        (["/a"], ["0"], ("invalid-option", "the request has one recording")),
    ],
)
def test_invalid_legs_at_addresses_are_refused_before_a_download(
    farm: DispatcherFarm,
    audio: bytes,
    paths: list[str],
    offsets: list[str],
    problem: tuple[str, str],
) -> None:
    with receiver(serving(audio)) as site:
        urls = [path if "://" in path else site.url + path for path in paths]
        answer = post_legs(farm, urls, offsets).json()
    assert (answer["name"], site.requests) == (problem[0], [])
    assert problem[1] in answer["detail"]


def test_leg_that_is_missing_at_its_address_is_named(farm: DispatcherFarm, audio: bytes) -> None:
    before = farm.blobs()
    with receiver(serving(audio)) as site, receiver(answers(404)) as empty:
        missing = post_legs(farm, [site.url, empty.url], ["0", "1"]).json()
        mixed = post_legs(farm, [site.url], ["0", "1"], file=audio).json()
    assert (missing["name"], mixed["name"]) == ("missing-audio", "client-error")
    assert missing["detail"].startswith("leg 1: audio: the server answered 404")
    assert farm.blobs() == before
