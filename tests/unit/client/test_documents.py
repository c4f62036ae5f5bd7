"""What a client makes of documents that no farm would send."""

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from whisperfarm_client import documents, farm_documents, results
from whisperfarm_client.documents import InvalidDocument
from whisperfarm_client.errors import BadResponse
from whisperfarm_contract import examples, job_wire
from whisperfarm_contract.formats import FORMATS
from whisperfarm_contract.states import JobState

TRANSCRIPT: dict[str, Any] = json.loads(json.dumps(examples.TRANSCRIPT.to_wire()))
JOB: dict[str, Any] = job_wire.to_wire(examples.JOB)
WRONG: tuple[Any, ...] = (True, -1, 10**400, 1e999, float("nan"), "x", "\ud800", [], [0], {}, None)

OPEN = {
    "provenance", "score", "speaker", "avg_logprob", "channel", "interpolated",
    "recording", "frame_rate", "drop_frame",
}  # fmt: skip
"""Members that may be missing, or may have any content."""


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each member, and of the first item of each list."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else ()
    for name, member in items if path[-1:] != ("provenance",) else ():
        yield from _paths(member, (*path, name))
    if isinstance(value, list) and value:
        yield from _paths(value[0], (*path, 0))


def _parent(document: dict[str, Any], path: tuple[Any, ...]) -> Any:
    parent: Any = document
    for part in path[:-1]:
        parent = parent[part]
    return parent


def test_checks_accept_what_the_farm_sends() -> None:
    documents.TRANSCRIPT(TRANSCRIPT)
    for job in (examples.JOB, examples.WAITING_JOB):
        farm_documents.JOB(job_wire.to_wire(job))
    for state in JobState:
        farm_documents.JOB({**JOB, "state": state.value})


@pytest.mark.parametrize(
    "path", [p for p in _paths(TRANSCRIPT) if p[-1] not in {*OPEN, 0}], ids=str
)
def test_transcript_without_a_member_is_rejected(path: tuple[Any, ...]) -> None:
    document = copy.deepcopy(TRANSCRIPT)
    del _parent(document, path)[path[-1]]
    with pytest.raises(BadResponse, match=f"{path[-1]} is missing"):
        results.read(json.dumps(document).encode(), silence_text=None)


@pytest.mark.parametrize("value", WRONG, ids=repr)
@pytest.mark.parametrize("path", list(_paths(TRANSCRIPT)), ids=str)
def test_wrong_value_is_rejected_or_rendered(path: tuple[Any, ...], value: Any) -> None:
    document = copy.deepcopy(TRANSCRIPT)
    _parent(document, path)[path[-1]] = value
    body = json.dumps(document).replace("Infinity", "1e999").encode()
    with suppress(BadResponse):
        transcript = results.read(body, silence_text=None)
        for name in FORMATS:
            assert results.files(transcript, name, {})
        assert all(results.lines(transcript))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a": [' + b"[]," * 2**20 + b"[]]}",
        json.dumps({**TRANSCRIPT, "x": [{}] * 2**20}).encode(),
        b'{"a":' * 100_000,
        b"\xff" + json.dumps(TRANSCRIPT).encode(),
        json.dumps(TRANSCRIPT).encode("utf-16"),
        json.dumps(TRANSCRIPT).replace("0.5", "NaN").encode(),
        json.dumps(TRANSCRIPT).replace("0.5", "1e999").encode(),
        json.dumps(TRANSCRIPT).replace("0.5", "9" * 5000).encode(),
        json.dumps({**TRANSCRIPT, "text": "?"}).encode().replace(b"?", b"\xed\xa0\x80"),
    ],
    ids=lambda body: str(body[:20]),
)
def test_read_rejects_malformed_json(body: bytes) -> None:
    with pytest.raises(BadResponse):
        results.read(body, silence_text=None)


def test_read_accepts_a_transcript_of_the_smallest_objects() -> None:
    turns = [{"start": 0, "end": 0, "speaker": ""}] * 10_000
    gaps = [{"start": 0, "end": 0}] * 10_000
    coverage = {**TRANSCRIPT["coverage"], "gaps": gaps}
    document = {**TRANSCRIPT, "turns": turns, "coverage": coverage, "text": "[" * 1000}
    body = json.dumps(document, separators=(",", ":")).encode()
    assert results.read(body, silence_text=None) == document


def test_unknown_member_that_is_not_json_is_rejected() -> None:
    body = json.dumps({**TRANSCRIPT, "x": 0.125}).replace("0.125", "-1e999").encode()
    with pytest.raises(BadResponse):
        results.files(results.read(body, silence_text=None), "json", {})


def test_error_names_the_path_of_the_member() -> None:
    document = copy.deepcopy(TRANSCRIPT)
    document["segments"][1]["words"][0]["end"] = "soon"
    with pytest.raises(InvalidDocument) as caught:
        documents.TRANSCRIPT(document)
    assert str(caught.value) == "segments[1].words[0].end is not a time in seconds"


@pytest.mark.parametrize("value", [None, "", "x" * 1000, 7, ["j1"], {}])
def test_job_needs_an_id(value: Any) -> None:
    with pytest.raises(InvalidDocument, match="id is not an id"):
        farm_documents.JOB({**JOB, "id": value})


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("state", "exploded"),
        ("state", []),
        ("state", None),
        ("progress", "half"),
        ("progress", {"stage": "decode"}),
        ("progress", {"stage": 7, "fraction": 0.5}),
        ("progress", {"stage": "decode", "fraction": "half"}),
        ("ahead", [1]),
        ("starts_in_s", "soon"),
        ("problem", "it failed"),
        ("problem", {"name": ["x"]}),
    ],
)
def test_job_with_a_wrong_member_is_rejected(member: str, value: Any) -> None:
    with pytest.raises(InvalidDocument, match=member):
        farm_documents.JOB({**JOB, member: value})


@pytest.mark.parametrize("name", ["other_sound_s", "other_sounds"])
def test_other_sound_is_checked_if_there_is_any(name: str) -> None:
    document = copy.deepcopy(TRANSCRIPT)
    sounds = {"other_sound_s": 2.0, "other_sounds": [{"start": 1.0, "end": 3.0}]}
    document["coverage"].update(sounds)
    documents.TRANSCRIPT(document)
    document["coverage"][name] = [1]
    with pytest.raises(documents.InvalidDocument, match=f"coverage.{name}"):
        documents.TRANSCRIPT(document)


@pytest.mark.parametrize(
    "recording", [7, {}, {"start_s": -1, "start_timecode": "x"}, {"start_s": 1e300}]
)
def test_a_wrong_time_code_is_rejected(recording: Any) -> None:
    with pytest.raises(InvalidDocument, match="recording"):
        documents.TRANSCRIPT({**TRANSCRIPT, "recording": recording})
