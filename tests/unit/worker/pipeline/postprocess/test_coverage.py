"""The share of the audio that became words."""

from whisperfarm_contract.transcript import Gap, OtherSound, Segment, Word
from whisperfarm_worker.pipeline.postprocess import coverage
from whisperfarm_worker.pipeline.state import SpeechRegion, TimeSpan, Window


def _window(*regions: tuple[float, float], channel: int = 0) -> Window:
    spoken = tuple(SpeechRegion(*one) for one in regions)
    return Window(start=spoken[0].start, end=spoken[-1].end, regions=spoken, channel=channel)


def _said(*words: tuple[float, float], channel: int | None = None, marked: bool = False) -> Segment:
    chunk_text = tuple(Word(text="w", start=a, end=b, interpolated=marked) for a, b in words)
    return Segment(start=words[0][0], end=words[-1][1], text="", words=chunk_text, channel=channel)


def test_speech_with_words_is_covered() -> None:
    found = coverage.measure(10.0, [_window((1, 3), (5, 6))], [_said((1, 3), (5, 6))])
    assert (found.audio_s, found.speech_s, found.transcribed_s, found.gaps) == (10.0, 3.0, 3.0, ())


def test_speech_without_near_words_is_a_gap() -> None:
    found = coverage.measure(10.0, [_window((0, 8))], [_said((1, 2))])
    assert found.gaps == (Gap(start=0, end=0.5), Gap(start=2.5, end=8))
    assert (found.speech_s, found.transcribed_s) == (8.0, 2.0)


def test_speech_near_a_word_is_covered() -> None:
    assert coverage.measure(4.0, [_window((0, 3))], [_said((0.4, 1.2), (2, 2.6))]).gaps == ()


def test_short_pause_is_not_a_gap() -> None:
    assert coverage.measure(4.0, [_window((0, 3))], [_said((0, 0.8), (2.2, 3))]).gaps == ()


def test_speech_without_words_is_one_gap() -> None:
    found = coverage.measure(10.0, [_window((1, 3))], [])
    assert (found.gaps, found.transcribed_s) == ((Gap(start=1, end=3),), 0.0)


def test_silence_has_no_speech() -> None:
    found = coverage.measure(10.0, [], [])
    assert (found.speech_s, found.transcribed_s, found.gaps) == (0.0, 0.0, ())
    assert coverage.warnings(found) == ["no speech was found in the audio"]


def test_simultaneous_speech_counts_once() -> None:
    windows = [_window((0, 4)), _window((2, 6), channel=1)]
    chunk_text = [_said((0, 4), channel=0), _said((2, 6), channel=1)]
    assert coverage.measure(10.0, windows, chunk_text).speech_s == 6.0


def test_words_cover_only_their_channel() -> None:
    windows = [_window((0, 4)), _window((6, 8), channel=1)]
    found = coverage.measure(10.0, windows, [_said((0, 4), (6, 8), channel=0)])
    assert found.gaps == (Gap(start=6, end=8),)


def test_interpolated_words_are_counted() -> None:
    chunk_text = [_said((0, 1), (1, 2), marked=True), _said((2, 3))]
    assert coverage.measure(3.0, [_window((0, 3))], chunk_text).interpolated_words == 2


def test_gaps_give_a_warning_in_seconds() -> None:
    found = coverage.measure(10.0, [_window((0, 8))], [])
    assert coverage.warnings(found) == ["8.0 s of speech have no words; see coverage.gaps"]


def test_little_speech_in_long_audio_gives_a_warning() -> None:
    found = coverage.measure(100.0, [_window((0, 2))], [_said((0, 2))])
    (warning,) = coverage.warnings(found)
    assert warning.startswith("only 2% of the audio")
    assert "vad_onset" in warning


def test_short_audio_gives_no_warning() -> None:
    found = coverage.measure(5.0, [_window((0, 0.4))], [_said((0, 0.4))])
    assert coverage.warnings(found) == []


def test_holes_are_gaps_but_not_speech_without_words() -> None:
    found = coverage.measure(
        10.0, [_window((0, 3))], [_said((0.4, 1.2), (2, 2.6))], [TimeSpan(5.0, 8.0)]
    )
    assert found.gaps == (Gap(start=5.0, end=8.0),)
    assert found.transcribed_s == found.speech_s
    assert not [one for one in coverage.warnings(found) if "no words" in one]


def test_other_sounds_are_named_with_their_length() -> None:
    sounds = [TimeSpan(1.0, 1.5), TimeSpan(4.0, 6.00004)]
    found = coverage.measure(10.0, [_window((2, 3))], [_said((2, 3))], other_sounds=sounds)
    assert found.other_sound_s == 2.5
    assert found.other_sounds == (OtherSound(start=1.0, end=1.5), OtherSound(start=4.0, end=6.0))
    assert coverage.warnings(found) == []


def test_seconds_of_other_sound_give_a_warning_with_the_cure() -> None:
    sounds = [TimeSpan(4.0, 7.0), TimeSpan(8.0, 9.0)]
    found = coverage.measure(10.0, [_window((0, 3))], [_said((0, 3))], other_sounds=sounds)
    assert coverage.warnings(found) == [
        "4.0 s of sound were not taken for speech, the longest part at 4.0 to 7.0 s; if people"
        " speak there, send it again with a lower vad_onset; see coverage.other_sounds"
    ]
