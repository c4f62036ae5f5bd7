"""Forced alignment by CTC."""

import numpy as np
import pytest

from whisperfarm_worker.engines.ctc import Passage, Span, align

BLANK = 0


def _passage(spoken: list[int], tokens: list[int], *, columns: int = 4) -> Passage:
    """Frames in which one column each is likely."""
    probabilities = np.full((len(spoken), columns), 0.02 / (columns - 1))
    probabilities[np.arange(len(spoken)), spoken] = 0.98
    logs = np.log(probabilities).astype(np.float32)
    return Passage(blank=logs[:, BLANK], tokens=logs[:, tokens])


def _starts(spans: list[Span] | None) -> list[int]:
    assert spans is not None
    return [span.start for span in spans]


def test_tokens_are_found_where_they_are_spoken() -> None:
    (spans,) = align([_passage([0, 1, 0, 0, 2, 0, 3, 0], [1, 2, 3])])
    assert _starts(spans) == [1, 4, 6]


def test_a_token_lasts_until_the_next_begins() -> None:
    (spans,) = align([_passage([0, 1, 0, 0, 2, 0], [1, 2])])
    assert spans is not None
    assert (spans[0].end, spans[0].score) == (4, pytest.approx(0.98, abs=1e-3))


def test_a_token_that_is_not_heard_has_a_low_score() -> None:
    (spans,) = align([_passage([1, 1, 1, 2], [1, 3, 2])])
    assert spans is not None
    assert spans[1].score < 0.1


def test_a_text_that_is_longer_than_the_passage_has_no_times() -> None:
    assert align([_passage([1, 2], [1, 2, 3])]) == [None]


def test_a_text_that_just_fits_has_times() -> None:
    (spans,) = align([_passage([1, 2, 3], [1, 2, 3])])
    assert _starts(spans) == [0, 1, 2]


def test_passages_of_a_batch_do_not_hear_each_other() -> None:
    rng = np.random.default_rng(0)
    passages = []
    for frames, length in ((50, 9), (20, 4), (7, 7), (3, 9), (80, 1)):
        logs = np.log(rng.dirichlet(np.ones(6), size=frames)).astype(np.float32)
        passages.append(Passage(logs[:, BLANK], logs[:, rng.integers(1, 6, size=length)]))
    assert align(passages) == [align([passage])[0] for passage in passages]


def test_nothing_has_no_times() -> None:
    assert align([]) == []
