import json
import re
import subprocess
import sys

import pytest

from tests.support.problems import EVERY
from whisperfarm_contract import problems
from whisperfarm_contract.problems import (
    PROBLEMS,
    SCHEMA,
    AudioEmpty,
    FarmBusy,
    ForeignProblem,
    Problem,
    from_wire,
)
from whisperfarm_store.blobs import BlobNotFound
from whisperfarm_worker.engines.errors import DeviceFailed

OURS = [kind for kind in EVERY if kind.__module__ == problems.__name__]


def test_registry_rejects_a_taken_name() -> None:
    with pytest.raises(TypeError, match=r"audio-empty.*AudioEmpty"):
        type("AudioGone", (Problem,), {"name": "audio-empty"})
    assert PROBLEMS["audio-empty"] is AudioEmpty


def test_registry_rejects_the_name_of_the_root() -> None:
    with pytest.raises(TypeError, match="internal-error"):
        type("Unforeseen", (Problem,), {"name": "internal-error"})


def test_unnamed_problem_is_sent_as_its_base() -> None:
    assert PROBLEMS["engine-failed"] is DeviceFailed.__base__
    assert type(from_wire(DeviceFailed("it broke").to_wire())) is DeviceFailed.__base__


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_names_statuses_and_exit_codes_are_valid(kind: type[Problem]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.name)
    assert 400 <= kind.status <= 599
    assert 64 <= kind.exit_code <= 78  # sysexits.h
    assert kind.title().endswith(".")


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_from_wire_inverts_to_wire(kind: type[Problem]) -> None:
    back = from_wire(kind("call.wav: here is why").to_wire())
    assert type(back) is kind
    assert back.detail == "call.wav: here is why"


def test_module_docstring_names_every_problem() -> None:
    drawn = set(re.findall(r"\w+", (problems.__doc__ or "").split("\n\n")[1]))
    assert {kind.__name__ for kind in OURS} <= drawn


def test_detail_defaults_to_the_docstring() -> None:
    assert str(AudioEmpty()) == AudioEmpty.__doc__
    assert AudioEmpty().to_wire()["title"] == AudioEmpty().detail


def test_to_wire_has_the_members_of_rfc_9457() -> None:
    assert AudioEmpty("call.wav has 0 bytes").to_wire() == {
        "type": "urn:whisperfarm:problem:audio-empty",
        "title": AudioEmpty.title(),
        "status": 422,
        "detail": "call.wav has 0 bytes",
        "name": "audio-empty",
        "exit_code": 65,
    }


def test_to_wire_validates_against_the_schema() -> None:
    assert set(AudioEmpty().to_wire()) == set(SCHEMA["required"]) == set(SCHEMA["properties"])


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_from_wire_keeps_status_and_further_members(kind: type[Problem]) -> None:
    document = {**kind("it failed").to_wire(), "status": 418, "reason": {"name": "worker-lost"}}
    assert from_wire(document).to_wire() == document


READ = "import json; from whisperfarm_contract.problems import from_wire;"


def test_from_wire_keeps_a_document_of_an_unknown_class() -> None:
    document = {**BlobNotFound("no blob").to_wire(), "status": 503, "reason": {"name": "x"}}
    code = f"""{READ} back = from_wire(json.loads({json.dumps(document)!r}));
print(json.dumps([back.name, back.status, back.exit_code, back.detail, back.to_wire()]))"""
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    assert json.loads(printed) == ["blob-not-found", 503, 70, "no blob", document]


def test_from_wire_keeps_the_name_of_an_unknown_problem() -> None:
    back = from_wire({"name": "of-tomorrow", "detail": "the moon is full"})
    assert type(back) is ForeignProblem
    assert (back.name, back.detail) == ("of-tomorrow", "the moon is full")
    assert back.to_wire().keys() == set(SCHEMA["required"])


@pytest.mark.parametrize("wrong", [0, 200, 1000, True, "500", None])
def test_from_wire_replaces_an_invalid_status(wrong: object) -> None:
    back = from_wire({"name": "of-tomorrow", "status": wrong, "exit_code": wrong})
    assert (back.status, back.exit_code) == (500, 70 if wrong != 200 else 200)
    assert (back.to_wire()["status"], back.to_wire()["exit_code"]) == (back.status, back.exit_code)


def test_from_wire_without_a_name_is_a_plain_problem() -> None:
    assert type(from_wire({"detail": "it failed"})) is Problem


def test_problem_keeps_retry_after() -> None:
    assert FarmBusy(retry_after_s=7).retry_after_s == 7
