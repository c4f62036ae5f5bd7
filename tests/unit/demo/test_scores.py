import pytest

pytest.importorskip("jiwer")
pytest.importorskip("pyannote.metrics")

from training.espeak import SpokenWord
from training.listener import HeardWord
from training.scores import WordScore, annotation, diarization_error, diarization_metric

SAID = (SpokenWord("yes", 0.0, 0.3), SpokenWord("please", 0.3, 0.8), SpokenWord("hold", 0.8, 1.1))


def test_wrong_word_counts_as_an_error_without_times():
    score = WordScore()
    score.add(SAID, [HeardWord("yes", 0.02, 0.3), HeardWord("help", 0.3, 0.8),
                     HeardWord("hold", 0.8, 1.2)])  # fmt: skip
    assert score.wer() == pytest.approx(1 / 3)
    assert score.exact() == 0
    assert score.start_errors_s == pytest.approx([0.02, 0.0])
    assert score.end_errors_s == pytest.approx([0.0, 0.1])


def test_empty_hypothesis_is_all_wrong():
    score = WordScore()
    score.add(SAID, [])
    assert score.wer() == 1


def test_speakers_swapped_for_a_second_count_as_errors():
    true = annotation([(0.0, 5.0, "a"), (5.0, 10.0, "b")])
    found = annotation([(0.0, 5.0, "x"), (5.0, 9.0, "y"), (9.0, 10.0, "x")])
    nearly = annotation([(0.0, 5.1, "x"), (5.1, 10.0, "y")])
    assert 0.05 < diarization_error(diarization_metric(), true, found) < 0.15
    assert diarization_error(diarization_metric(), true, nearly) == 0
