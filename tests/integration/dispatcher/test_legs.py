"""Several recordings of one call: what is accepted, and which leg a problem names."""

from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.farm import DispatcherFarm, started
from tests.support.recordings import wav
from whisperfarm_contract.leg_container import read_extents

SHORT = wav(seconds=0.1)
FIRST, SECOND = wav(seconds=1), wav(seconds=2, rate_hz=8000, channels=2)


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    """Run a dispatcher for all tests of this file."""
    with started(tmp_path_factory.mktemp("farm")) as running:
        yield running


def post(
    farm: DispatcherFarm,
    *legs: bytes,
    headers: dict[str, str] | None = None,
    **fields: str | Sequence[str],
) -> httpx.Response:
    files = [("file", (f"leg{number}.wav", leg)) for number, leg in enumerate(legs)]
    return farm.http.post(f"{farm.url}/v1/jobs", files=files, data=fields, headers=headers)


def test_legs_become_one_job_with_all_recordings(farm: DispatcherFarm) -> None:
    answer = post(farm, FIRST, SECOND, leg_offset_s=["0", "5.50"], leg_name=["", "customer"])
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert job["options"] == {"leg_offset_s": "0,5.5", "leg_name": ",customer"}
    audio = job["audio"]
    assert (audio["filename"], audio["duration_s"]) == ("leg0.wav", 7.5)
    assert not audio["duration_is_estimated"]
    with farm.deps.blobs.open(f"audio/default/{job['id']}") as file:
        stored = []
        for start, size_bytes in read_extents(file):
            file.seek(start)
            stored.append(file.read(size_bytes))
    assert stored == [FIRST, SECOND]


def test_fields_may_stand_between_the_recordings(farm: DispatcherFarm) -> None:
    parts: list[tuple[str, Any]] = []
    for offset_s, leg in (("0", FIRST), ("3", SECOND), ("1", FIRST)):
        parts += [("leg_offset_s", (None, offset_s)), ("file", ("leg.wav", leg))]
    answer = farm.http.post(f"{farm.url}/v1/jobs", files=parts)
    assert answer.json()["options"] == {"leg_offset_s": "0,3,1"}
    assert answer.json()["audio"]["duration_s"] == 5.0


def test_header_behind_the_first_bytes_of_a_leg_is_read_from_the_store(
    farm: DispatcherFarm,
) -> None:
    comment = b"LIST" + (100_000).to_bytes(4, "little") + bytes(100_000)
    late = FIRST[:12] + comment + FIRST[12:]
    answer = post(farm, SECOND, late, leg_offset_s=["0", "9"])
    assert answer.json()["audio"]["duration_s"] == 10.0


@pytest.mark.parametrize(
    ("legs", "fields", "name", "detail"),
    [
        ([FIRST], {"leg_offset_s": ["0"]}, "invalid-option", "leg_offset_s: the request has one"),
        ([FIRST], {"leg_name": ["agent"]}, "invalid-option", "leg_offset_s: the request has one"),
        ([FIRST, SECOND], {}, "invalid-option", "of offsets: 0"),
        ([FIRST, SECOND], {"leg_offset_s": ["0"]}, "invalid-option", "of offsets: 1"),
        ([FIRST, SECOND], {"leg_offset_s": ["0", "1", "2"]}, "invalid-option", "of offsets: 3"),
        ([FIRST, SECOND], {"leg_offset_s": ["0", "-1"]}, "invalid-option", "leg_offset_s: -1"),
        ([FIRST, SECOND], {"leg_offset_s": ["0", "nan"]}, "invalid-option", "leg_offset_s: nan"),
        ([FIRST, SECOND], {"leg_offset_s": ["0", ""]}, "invalid-option", "leg_offset_s: '0,'"),
        (
            [FIRST, SECOND],
            {"leg_offset_s": ["0", "0"], "leg_name": ["a"]},
            "invalid-option",
            "of names: 1",
        ),
        (
            [FIRST, SECOND],
            {"leg_offset_s": ["0", "0"], "leg_name": ["a", "a"]},
            "invalid-option",
            "leg_name: 'a' is in the list 2 times",
        ),
        (
            [FIRST, SECOND],
            {"leg_offset_s": ["0", "0"], "track": "1"},
            "invalid-option",
            "track: ",
        ),
        (
            [FIRST, SECOND],
            {"leg_offset_s": ["0", "999999"], "leg_name": ["", "b"]},
            "audio-too-long",
            "leg 1 (b): the leg starts at",
        ),
        ([FIRST, b""], {"leg_offset_s": ["0", "0"]}, "audio-empty", "leg 1: the audio is empty"),
        (
            [b"this is not audio\n" * 99, FIRST],
            {"leg_offset_s": ["0", "0"], "leg_name": ["agent", ""]},
            "audio-unreadable",
            "leg 0 (agent): this is not a recording",
        ),
        ([SHORT] * 100, {"leg_offset_s": ["0"] * 16}, "invalid-option", "more than 16 recordings"),
    ],
)
def test_invalid_legs_are_rejected(
    farm: DispatcherFarm, legs: list[bytes], fields: dict[str, Any], name: str, detail: str
) -> None:
    before = len(farm.jobs()), sorted(farm.blobs())
    problem = post(farm, *legs, **fields).json()
    assert problem["name"] == name
    assert detail in problem["detail"]
    assert (len(farm.jobs()), sorted(farm.blobs())) == before


def test_legs_in_another_order_are_another_request(farm: DispatcherFarm) -> None:
    key = {"Idempotency-Key": "call-17"}
    offsets = {"leg_offset_s": ["0", "0"]}
    first = post(farm, FIRST, SECOND, headers=key, **offsets).json()
    assert post(farm, FIRST, SECOND, headers=key, **offsets).json()["id"] == first["id"]
    for other in (
        post(farm, SECOND, FIRST, headers=key, **offsets),
        post(farm, FIRST, SECOND, headers=key, leg_offset_s=["0", "1"]),
        post(farm, FIRST, SECOND, headers=key, leg_name=["a", "b"], **offsets),
    ):
        assert other.json()["name"] == "idempotency-conflict"
    assert len([job for job in farm.jobs() if job.options.leg_offset_s == "0,0"]) == 1


def test_other_apis_accept_one_recording(farm: DispatcherFarm) -> None:
    files = [("file", ("a.wav", FIRST)), ("file", ("b.wav", SECOND))]
    answer = farm.http.post(
        f"{farm.url}/v1/audio/transcriptions", files=files, data={"model": "demo"}
    )
    assert answer.status_code == 400
    assert "more than one part" in answer.text
