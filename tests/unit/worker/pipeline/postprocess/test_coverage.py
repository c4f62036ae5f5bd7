"""How much of the audio became words."""

from whisperfarm_contract.transcript import Gap, Segment, Word
from whisperfarm_worker.pipeline.postprocess import coverage
from whisperfarm_worker.pipeline.state import Stretch, Window


def _window(*stretches: tuple[float, float], channel: int = 0) -> Window:
    spoken = tuple(Stretch(*one) for one in stretches)
    return Window(start=spoken[0].start, end=spoken[-1].end, stretches=spoken, channel=channel)


def _said(*words: tuple[float, float], channel: int | None = None, marked: bool = False) -> Segment:
    said = tuple(Word(text="w", start=a, end=b, interpolated=marked) for a, b in words)
    return Segment(start=words[0][0], end=words[-1][1], text="", words=said, channel=channel)


def test_speech_that_has_words_is_transcribed() -> None:
    found = coverage.measure(10.0, [_window((1, 3), (5, 6))], [_said((1, 3), (5, 6))])
    assert (found.audio_s, found.speech_s, found.transcribed_s, found.gaps) == (10.0, 3.0, 3.0, ())


def test_speech_far_from_any_word_is_a_gap() -> None:
    found = coverage.measure(10.0, [_window((0, 8))], [_said((1, 2))])
    assert found.gaps == (Gap(start=0, end=0.5), Gap(start=2.5, end=8))
    assert (found.speech_s, found.transcribed_s) == (8.0, 2.0)


def test_speech_that_is_close_to_a_word_belongs_to_it() -> None:
    assert coverage.measure(4.0, [_window((0, 3))], [_said((0.4, 1.2), (2, 2.6))]).gaps == ()


def test_a_breath_between_words_is_no_gap() -> None:
    assert coverage.measure(4.0, [_window((0, 3))], [_said((0, 0.8), (2.2, 3))]).gaps == ()


def test_speech_without_any_word_is_all_gap() -> None:
    found = coverage.measure(10.0, [_window((1, 3))], [])
    assert (found.gaps, found.transcribed_s) == ((Gap(start=1, end=3),), 0.0)


def test_silence_is_covered_by_nothing() -> None:
    found = coverage.measure(10.0, [], [])
    assert (found.speech_s, found.transcribed_s, found.gaps) == (0.0, 0.0, ())
    assert coverage.warnings(found) == ["no speech was found in the audio"]


def test_what_is_spoken_in_two_channels_at_once_counts_once() -> None:
    windows = [_window((0, 4)), _window((2, 6), channel=1)]
    said = [_said((0, 4), channel=0), _said((2, 6), channel=1)]
    assert coverage.measure(10.0, windows, said).speech_s == 6.0


def test_words_of_one_channel_fill_no_gap_in_another() -> None:
    windows = [_window((0, 4)), _window((6, 8), channel=1)]
    found = coverage.measure(10.0, windows, [_said((0, 4), (6, 8), channel=0)])
    assert found.gaps == (Gap(start=6, end=8),)


def test_interpolated_words_are_counted() -> None:
    said = [_said((0, 1), (1, 2), marked=True), _said((2, 3))]
    assert coverage.measure(3.0, [_window((0, 3))], said).interpolated_words == 2


def test_gaps_are_warned_of_in_seconds() -> None:
    found = coverage.measure(10.0, [_window((0, 8))], [])
    assert coverage.warnings(found) == ["8.0 s of speech have no words; see coverage.gaps"]


def test_little_speech_in_a_long_file_is_warned_of() -> None:
    found = coverage.measure(100.0, [_window((0, 2))], [_said((0, 2))])
    (warning,) = coverage.warnings(found)
    assert warning.startswith("only 2% of the audio")
    assert "vad_onset" in warning


def test_a_short_file_needs_no_share_of_speech() -> None:
    found = coverage.measure(5.0, [_window((0, 0.4))], [_said((0, 0.4))])
    assert coverage.warnings(found) == []
