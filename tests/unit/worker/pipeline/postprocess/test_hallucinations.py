"""Improbable words are dropped if they lie between silences, as in Whisper."""

from dataclasses import replace

import pytest

from whisperfarm_contract.transcript import Segment, Word
from whisperfarm_worker.pipeline.postprocess.hallucinations import (
    drop_hallucinations,
    hallucination_warnings,
    is_anomalous,
)
from whisperfarm_worker.pipeline.state import TimeSpan

WHOLE = (TimeSpan(0.0, 60.0),)
INVENTED = 0.02


def _segment(
    start: float, *scores: float | None, word_s: float = 0.4, channel: int | None = None
) -> Segment:
    """Return a segment of adjacent words with these scores."""
    words = tuple(
        Word(text=f"w{n}", start=start + n * word_s, end=start + (n + 1) * word_s, score=score)
        for n, score in enumerate(scores)
    )
    text = " ".join(word.text for word in words)
    return Segment(start=start, end=words[-1].end, text=text, words=words, channel=channel)


SPOKEN = _segment(1.0, 0.8, 0.9, 0.7)
ALSO_SPOKEN = _segment(40.0, 0.8, 0.9)


def _dropped(*segments: Segment, threshold_s: float = 2.0) -> list[float]:
    _, dropped = drop_hallucinations(segments, threshold_s, WHOLE)
    return [one.start for one in dropped]


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (_segment(0, 0.9, 0.1, 0.8), False),
        (_segment(0, 0.1, 0.1), True),
        (_segment(0, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9), True),
        (_segment(0, 0.9, word_s=2.5), False),
        (_segment(0, 0.9, 0.9, word_s=3.6), True),
        (_segment(0, 0.9, 0.9, 0.9, word_s=0.05), False),
        (_segment(0, 0.1, 0.9, 0.1, 0.9, 0.9, word_s=0.05), True),
        (_segment(0, None, None), False),
        (_segment(0, *[0.9] * 8, *[0.1] * 8), False),
    ],
)
def test_segment_is_anomalous_by_scores_and_durations(segment: Segment, expected: bool) -> None:
    assert is_anomalous(segment) is expected


def test_words_of_an_improbable_window_are_less_probable() -> None:
    words = _segment(0, 0.3, 0.3)
    assert is_anomalous(words) is False
    assert is_anomalous(replace(words, avg_logprob=-1.0)) is True


def test_improbable_words_between_silences_are_dropped() -> None:
    invented = _segment(20.0, INVENTED, INVENTED)
    kept, dropped = drop_hallucinations([SPOKEN, invented, ALSO_SPOKEN], 2.0, WHOLE)
    assert (kept, dropped) == ([SPOKEN, ALSO_SPOKEN], [invented])


def test_probable_words_between_silences_are_kept() -> None:
    assert _dropped(SPOKEN, _segment(20.0, 0.5), ALSO_SPOKEN) == []


def test_improbable_words_beside_speech_are_kept() -> None:
    assert _dropped(SPOKEN, _segment(2.5, INVENTED), ALSO_SPOKEN) == []
    assert _dropped(SPOKEN, _segment(39.0, INVENTED), ALSO_SPOKEN) == []


def test_shorter_silences_than_the_threshold_change_nothing() -> None:
    invented = _segment(20.0, INVENTED)
    assert _dropped(SPOKEN, invented, ALSO_SPOKEN, threshold_s=30.0) == []
    assert _dropped(SPOKEN, invented, ALSO_SPOKEN, threshold_s=17.0) == [20.0]


def test_start_and_end_of_the_recording_are_silences() -> None:
    assert _dropped(_segment(0.5, INVENTED), ALSO_SPOKEN) == [0.5]
    assert _dropped(SPOKEN, _segment(59.0, INVENTED)) == [59.0]
    assert _dropped(_segment(0.5, INVENTED, word_s=59.0), threshold_s=2.0) == []


def test_improbable_words_beside_others_are_dropped_together() -> None:
    assert _dropped(SPOKEN, _segment(20.0, INVENTED), _segment(20.5, INVENTED), ALSO_SPOKEN) == [
        20.0,
        20.5,
    ]


def test_improbable_end_of_a_segment_is_dropped_after_a_silence() -> None:
    words = (*SPOKEN.words, *_segment(20.0, INVENTED, INVENTED).words)
    both = Segment(start=1.0, end=20.8, text="w0 w1 w2 w0 w1", words=words)
    kept, dropped = drop_hallucinations([both, ALSO_SPOKEN], 2.0, WHOLE)
    assert [(one.text, one.end) for one in kept] == [("w0 w1 w2", SPOKEN.end), ("w0 w1", 40.8)]
    assert [one.text for one in dropped] == ["w0 w1"]


def test_segment_with_pauses_stays_whole_if_nothing_is_dropped() -> None:
    words = (*SPOKEN.words, *ALSO_SPOKEN.words)
    both = Segment(start=1.0, end=40.8, text="w0 w1 w2 w0 w1", words=words)
    assert drop_hallucinations([both], 2.0, WHOLE) == ([both], [])


def test_channels_are_apart() -> None:
    spoken = [_segment(start, *[0.9] * 5, channel=1) for start in range(0, 60, 2)]
    invented = _segment(20.0, INVENTED, channel=0)
    _, dropped = drop_hallucinations([*spoken, invented], 2.0, WHOLE)
    assert dropped == [invented]


def test_clips_are_apart() -> None:
    clips = (TimeSpan(0.0, 3.0), TimeSpan(19.5, 21.0), TimeSpan(39.0, 60.0))
    _, dropped = drop_hallucinations([SPOKEN, _segment(20.0, INVENTED), ALSO_SPOKEN], 2.0, clips)
    assert dropped == []


def test_warning_has_number_times_and_score_but_no_text() -> None:
    (warning,) = hallucination_warnings([_segment(20.0, 0.02, 0.04)], 2.0)
    assert warning == (
        "hallucination_silence_threshold: 2 improbable words beside a silence of more than 2 s were"
        " dropped at 20.0 to 20.8 s (mean score 0.03); if they were spoken, raise the threshold or"
        " omit it"
    )
    assert hallucination_warnings([], 2.0) == []
