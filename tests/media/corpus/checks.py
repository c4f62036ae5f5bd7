"""Compares the answer of a farm with the case."""

import re

import pytest

from tests.media.corpus.case import Case
from tests.media.corpus.transcription import Answer
from whisperfarm_contract.problems import PROBLEMS


def check(case: Case, answer: Answer) -> None:
    """Check words, times, speakers and warnings, or the problem and its exit code."""
    assert answer.problem == case.problem
    if case.problem:
        assert answer.exit_code == PROBLEMS[case.problem].exit_code
        return
    assert answer.text == case.text
    assert answer.filename == case.file
    assert len(answer.speakers) == (case.speakers or 0)
    _check_times(case, answer)
    _check_warnings(case, answer)


def _check_times(case: Case, answer: Answer) -> None:
    """Compare the first and the last word of each sentence."""
    words = iter(answer.words)
    for spoken in case.spoken:
        sentence = [next(words) for _ in spoken.sentence.text.split()]
        assert sentence[0]["start"] == pytest.approx(spoken.start_s, abs=case.tolerance_s)
        assert sentence[-1]["end"] == pytest.approx(spoken.end_s, abs=case.tolerance_s)


def _check_warnings(case: Case, answer: Answer) -> None:
    assert len(answer.warnings) == len(case.warnings), answer.warnings
    for expected, warning in zip(case.warnings, answer.warnings, strict=True):
        assert re.search(expected, warning)
