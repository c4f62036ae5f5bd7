"""The demo models, run by WhisperX, transcribe voices and wordings outside of their training."""

from pathlib import Path

import pytest

from training import corpus
from training.augment import telephone
from training.evaluate import held_out_lines, phrase_score
from training.listener import Audio, Listener
from whisperfarm_demo import models_dir

pytestmark = pytest.mark.slow

PHRASES = 100
"""Samples per kind; 200 in all."""


@pytest.fixture(scope="module")
def listener() -> Listener:
    """Load WhisperX with the demo models."""
    return Listener(models_dir() / "demo")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("free_order", "limit"), [(False, 0.02), (True, 0.06)])
def test_unseen_phrases_are_recognized_clear_and_by_telephone(
    listener: Listener, tmp_path: Path, free_order: bool, limit: float
) -> None:
    lines = held_out_lines(PHRASES, seed=101 + free_order, free_order=free_order)
    spoken = corpus.build(tmp_path / "phrases", lines)
    clear = phrase_score(listener, spoken, as_it_is, "in the clear")
    assert clear.wer() < limit
    assert clear.median_start_error_s() < 0.05
    by_telephone = phrase_score(listener, spoken, telephone, "by telephone")
    assert by_telephone.wer() < limit + 0.02


def as_it_is(audio: Audio) -> Audio:
    return audio
