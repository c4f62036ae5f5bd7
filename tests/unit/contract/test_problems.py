import re

import pytest

from whisperfarm_contract import problems
from whisperfarm_contract.problems import PROBLEMS, AudioEmpty, FarmBusy, Problem, from_wire

EVERY = sorted(PROBLEMS.values(), key=lambda kind: kind.name)


def _below(kind: type[Problem]) -> int:
    return 1 + sum(_below(child) for child in kind.__subclasses__() if _is_ours(child))


def _is_ours(kind: type[Problem]) -> bool:
    return kind.__module__ == problems.__name__


def test_no_two_problems_share_a_name() -> None:
    assert len(PROBLEMS) == _below(Problem)


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
    assert {kind.__name__ for kind in EVERY} <= drawn


def test_the_docstring_is_the_default_detail() -> None:
    assert str(AudioEmpty()) == "The audio is empty: there is not one sample in it."
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


def test_a_problem_of_a_newer_farm_keeps_its_detail() -> None:
    back = from_wire({"name": "of-tomorrow", "detail": "the moon is full"})
    assert type(back) is Problem
    assert back.detail == "the moon is full"


def test_a_problem_can_say_when_to_come_back() -> None:
    assert FarmBusy(retry_after_s=7).retry_after_s == 7
