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
from whisperfarm_store.blobs import BlobMissing
from whisperfarm_worker.engines.errors import Poisoned

OURS = [kind for kind in EVERY if kind.__module__ == problems.__name__]


def test_registry_refuses_a_name_that_is_taken() -> None:
    with pytest.raises(TypeError, match=r"audio-empty.*AudioEmpty"):
        type("AudioGone", (Problem,), {"name": "audio-empty"})
    assert PROBLEMS["audio-empty"] is AudioEmpty


def test_registry_refuses_the_name_of_the_root() -> None:
    with pytest.raises(TypeError, match="internal-error"):
        type("Unforeseen", (Problem,), {"name": "internal-error"})


def test_problem_without_a_name_of_its_own_travels_as_its_base() -> None:
    assert PROBLEMS["engine-failed"] is Poisoned.__base__
    assert type(from_wire(Poisoned("it broke").to_wire())) is Poisoned.__base__


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_names_statuses_and_exit_codes_are_fit_for_the_wire(kind: type[Problem]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.name)
    assert 400 <= kind.status <= 599
    assert 64 <= kind.exit_code <= 78  # sysexits.h
    assert kind.title().endswith(".")


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_a_problem_comes_back_from_the_wire_as_it_went(kind: type[Problem]) -> None:
    back = from_wire(kind("call.wav: here is why").to_wire())
    assert type(back) is kind
    assert back.detail == "call.wav: here is why"


def test_the_tree_at_the_top_names_every_problem() -> None:
    drawn = set(re.findall(r"\w+", (problems.__doc__ or "").split("\n\n")[1]))
    assert {kind.__name__ for kind in OURS} <= drawn


def test_the_docstring_is_the_default_detail() -> None:
    assert str(AudioEmpty()) == AudioEmpty.__doc__
    assert AudioEmpty().to_wire()["title"] == AudioEmpty().detail


def test_a_problem_document_has_the_members_of_rfc_9457() -> None:
    assert AudioEmpty("call.wav has 0 bytes").to_wire() == {
        "type": "urn:whisperfarm:problem:audio-empty",
        "title": AudioEmpty.title(),
        "status": 422,
        "detail": "call.wav has 0 bytes",
        "name": "audio-empty",
        "exit_code": 65,
    }


def test_problem_document_fits_its_schema() -> None:
    assert set(AudioEmpty().to_wire()) == set(SCHEMA["required"]) == set(SCHEMA["properties"])


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_status_and_further_members_come_back_from_the_wire(kind: type[Problem]) -> None:
    document = {**kind("it failed").to_wire(), "status": 418, "reason": {"name": "worker-lost"}}
    assert from_wire(document).to_wire() == document


READ = "import json; from whisperfarm_contract.problems import from_wire;"


def test_process_without_the_class_keeps_the_whole_document() -> None:
    document = {**BlobMissing("no blob").to_wire(), "status": 503, "reason": {"name": "x"}}
    code = f"""{READ} back = from_wire(json.loads({json.dumps(document)!r}));
print(json.dumps([back.name, back.status, back.exit_code, back.detail, back.to_wire()]))"""
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    assert json.loads(printed) == ["blob-missing", 503, 70, "no blob", document]


def test_problem_of_a_newer_farm_keeps_its_name_and_detail() -> None:
    back = from_wire({"name": "of-tomorrow", "detail": "the moon is full"})
    assert type(back) is ForeignProblem
    assert (back.name, back.detail) == ("of-tomorrow", "the moon is full")
    assert back.to_wire().keys() == set(SCHEMA["required"])


@pytest.mark.parametrize("wrong", [0, 200, 1000, True, "500", None])
def test_foreign_status_that_is_no_failure_is_replaced(wrong: object) -> None:
    back = from_wire({"name": "of-tomorrow", "status": wrong, "exit_code": wrong})
    assert (back.status, back.exit_code) == (500, 70 if wrong != 200 else 200)
    assert (back.to_wire()["status"], back.to_wire()["exit_code"]) == (back.status, back.exit_code)


def test_document_without_a_name_is_a_plain_problem() -> None:
    assert type(from_wire({"detail": "it failed"})) is Problem


def test_a_problem_can_say_when_to_come_back() -> None:
    assert FarmBusy(retry_after_s=7).retry_after_s == 7
