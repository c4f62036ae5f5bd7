"""Forced alignment by CTC."""

import numpy as np
import pytest

from whisperfarm_worker.engines.ctc import CtcInput, Span, align

BLANK = 0


def _passage(spoken: list[int], tokens: list[int], *, columns: int = 4) -> CtcInput:
    """Return frames in each of which one column is likely."""
    probabilities = np.full((len(spoken), columns), 0.02 / (columns - 1))
    probabilities[np.arange(len(spoken)), spoken] = 0.98
    logs = np.log(probabilities).astype(np.float32)
    return CtcInput(blank=logs[:, BLANK], tokens=logs[:, tokens])


def _starts(spans: list[Span] | None) -> list[int]:
    assert spans is not None
    return [span.start for span in spans]


def test_align_finds_tokens_where_they_are_spoken() -> None:
    (spans,) = align([_passage([0, 1, 0, 0, 2, 0, 3, 0], [1, 2, 3])])
    assert _starts(spans) == [1, 4, 6]


def test_span_ends_where_the_next_begins() -> None:
    (spans,) = align([_passage([0, 1, 0, 0, 2, 0], [1, 2])])
    assert spans is not None
    assert (spans[0].end, spans[0].score) == (4, pytest.approx(0.98, abs=1e-3))


def test_unspoken_token_has_a_low_score() -> None:
    (spans,) = align([_passage([1, 1, 1, 2], [1, 3, 2])])
    assert spans is not None
    assert spans[1].score < 0.1


def test_text_longer_than_its_frames_has_no_spans() -> None:
    assert align([_passage([1, 2], [1, 2, 3])]) == [None]


def test_text_that_just_fits_has_spans() -> None:
    (spans,) = align([_passage([1, 2, 3], [1, 2, 3])])
    assert _starts(spans) == [0, 1, 2]


def test_batched_inputs_do_not_affect_each_other() -> None:
    rng = np.random.default_rng(0)
    inputs = []
    for frames, length in ((50, 9), (20, 4), (7, 7), (3, 9), (80, 1)):
        logs = np.log(rng.dirichlet(np.ones(6), size=frames)).astype(np.float32)
        inputs.append(CtcInput(logs[:, BLANK], logs[:, rng.integers(1, 6, size=length)]))
    assert align(inputs) == [align([item])[0] for item in inputs]


def test_align_of_no_inputs_is_empty() -> None:
    assert align([]) == []
