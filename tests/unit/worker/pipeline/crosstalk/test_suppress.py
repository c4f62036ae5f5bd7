"""Copies of other channels are removed, and nothing else is."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.unit.worker.pipeline.crosstalk.conftest import (
    SECONDS,
    Run,
    Sound,
    later,
    quieter,
    room,
    seconds_by_channel,
    telephone,
    voice,
    window,
)
from whisperfarm_worker.pipeline.crosstalk.suppress import without_copies
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, PipelineState

AGENT = voice(1, (1.0, 5.0))
CUSTOMER = voice(2, (6.0, 9.0))


@pytest.mark.parametrize("delay_s", [-0.5, -0.02, 0.0, 0.004, 0.12, 0.25, 0.3, 0.5])
@pytest.mark.parametrize("level_db", [6, 26, 40])
def test_echo_is_removed_and_the_answer_is_kept(run: Run, level_db: int, delay_s: float) -> None:
    echo = later(quieter(AGENT, level_db), delay_s)
    windows = [window(0, (1.0, 5.0)), window(1, (1.0 + delay_s, 5.0 + delay_s)),
               window(1, (6.0, 9.0))]  # fmt: skip
    state = run([AGENT, echo + CUSTOMER], *windows)
    assert state.windows == (windows[0], windows[2])


@pytest.mark.parametrize("level_db", [6, 26])
def test_late_echo_in_two_of_three_channels_leaves_talk_over_it(run: Run, level_db: int) -> None:
    customer = voice(2, (3.0, 8.0))
    echoes = [later(quieter(AGENT, level_db + 3 * n), 0.25 - 0.05 * n) for n in range(2)]
    windows = [window(0, (1.0, 5.0)), window(1, (1.25, 8.0)), window(2, (1.2, 5.2))]
    state = run([AGENT, echoes[0] + customer, echoes[1]], *windows)
    assert [one.channel for one in state.windows] == [0, 1]
    assert state.windows[0] == windows[0]
    assert 2.5 <= state.windows[1].start <= 3.1
    assert state.windows[1].end == 8.0


@pytest.mark.parametrize("change", [telephone, room, np.negative])
def test_changed_echo_is_removed(run: Run, change: Callable[[Sound], Sound]) -> None:
    echo = later(quieter(change(AGENT), 20), 0.15)
    state = run([AGENT, echo], window(0, (1.0, 5.0)), window(1, (1.1, 5.2)))
    assert state.windows == (window(0, (1.0, 5.0)),)


def test_echo_whose_level_changes_is_removed(run: Run) -> None:
    time = np.arange(SECONDS * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    factor = (1 + 0.4 * np.sin(2 * np.pi * 0.4 * time)).astype(np.float32)
    echo = later(quieter(AGENT * factor, 20), 0.15)
    state = run([AGENT, echo], window(0, (1.0, 5.0)), window(1, (1.1, 5.2)))
    assert state.windows == (window(0, (1.0, 5.0)),)


@pytest.mark.parametrize("channels", [2, 3, 8, 16])
def test_of_equal_channels_the_first_is_kept(run: Run, channels: int) -> None:
    windows = [window(channel, (1.0, 5.0)) for channel in range(channels)]
    assert run([AGENT] * channels, *windows).windows == (windows[0],)


def test_of_equally_loud_channels_the_earliest_is_kept(run: Run) -> None:
    windows = [window(0, (1.2, 5.2)), window(1, (1.1, 5.1)), window(2, (1.0, 5.0))]
    state = run([later(AGENT, 0.2), later(AGENT, 0.1), AGENT], *windows)
    assert state.windows == (windows[2],)


def test_one_channel_keeps_a_sound_that_is_louder_the_later_it_is(run: Run) -> None:
    """By level, each channel is as loud as the next; by time, each is a copy of the next."""
    sounds = [later(AGENT, 0.2), later(quieter(AGENT, 3), 0.1), quieter(AGENT, 6)]
    state = run(sounds, *[window(channel, (0.9, 5.3)) for channel in range(3)])
    assert len(state.windows) == 1


@pytest.mark.parametrize("level_db", [14, 20])
def test_each_microphone_keeps_the_voice_that_is_loudest_in_it(run: Run, level_db: int) -> None:
    voices = [voice(number, (3.0 * number, 3.0 * number + 2.5)) for number in range(4)]
    sounds = [
        np.sum([
            one if source == channel else later(quieter(one, level_db), 0.003)
            for source, one in enumerate(voices)
        ], axis=0)
        for channel in range(4)
    ]  # fmt: skip
    spans = [(3.0 * number, 3.0 * number + 2.5) for number in range(4)]
    state = run(sounds, *[window(channel, span) for span in spans for channel in range(4)])
    assert state.windows == tuple(window(number, span) for number, span in enumerate(spans))


@pytest.mark.parametrize("level_db", [0, 26])
def test_own_words_within_an_echo_are_kept(run: Run, level_db: int) -> None:
    """The words are as loud as the agent, or as loud as the echo."""
    own = quieter(voice(2, (2.5, 3.3)), level_db)
    echo = later(quieter(AGENT, 26), 0.12)
    state = run([AGENT, echo + own], window(0, (1.0, 5.0)), window(1, (1.1, 5.1)))
    kept = state.windows[1]
    assert kept.channel == 1
    assert kept.start <= 2.5
    assert kept.end >= 3.3
    assert kept.end - kept.start < 2.0
    assert seconds_by_channel(state, 1)[0] == pytest.approx(4.0)


@pytest.mark.parametrize("seconds", [0.3, 0.5, 1.0])
def test_short_own_word_long_after_an_echo_is_kept(run: Run, seconds: float) -> None:
    """The filter is fitted to these few frames alone; the delay comes from the echo."""
    echo, silent = later(quieter(AGENT, 20), 0.1), 0 * AGENT
    word = quieter(voice(2, (3.0, 3.0 + seconds)), 12)
    agent, customer = ([AGENT, silent, silent, AGENT], [echo, silent, silent, word])
    own = window(1, (39.0, 39.0 + seconds))
    state = run(
        [np.concatenate(agent), np.concatenate(customer)],
        window(0, (1.0, 5.0)), window(1, (1.1, 5.1)), window(0, (37.0, 41.0)), own,
    )  # fmt: skip
    assert own in state.windows
    assert len(state.windows) == 3


def test_people_who_speak_at_once_into_all_microphones_are_kept(run: Run) -> None:
    left, right = voice(1, (1.0, 5.0)), voice(2, (1.0, 5.0))
    windows = [window(0, (1.0, 5.0)), window(1, (1.0, 5.0))]
    state = run([left + quieter(right, 12), right + quieter(left, 12)], *windows)
    assert state.windows == tuple(windows)
    assert state.warnings == ()


@pytest.mark.parametrize("channels", [2, 4])
def test_independent_voices_are_untouched(run: Run, channels: int) -> None:
    windows = tuple(window(channel, (1.0, 5.0), (5.5, 9.0)) for channel in range(channels))
    sounds = [voice(channel, (1.0, 5.0), (5.5, 9.0)) for channel in range(channels)]
    state = run(sounds, *windows)
    assert all(kept is given for kept, given in zip(state.windows, windows, strict=True))
    assert state.warnings == ()


def test_same_words_at_another_time_are_kept(run: Run) -> None:
    windows = (window(0, (1.0, 5.0)), window(1, (1.8, 5.8)))
    assert run([AGENT, later(AGENT, 0.8)], *windows).windows == windows


@pytest.mark.parametrize("background", ["hum", "noise", "voices"])
def test_common_background_is_no_copy(run: Run, background: str) -> None:
    rng = np.random.default_rng(9)
    time = np.arange(SECONDS * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    common = {
        "hum": sum(0.1 / part * np.sin(2 * np.pi * 50 * part * time) for part in range(1, 30)),
        "noise": rng.normal(0, 0.01, len(time)),
        "voices": sum(quieter(voice(seed, (0.0, 12.0)), 15) for seed in range(10, 15)),
    }[background]
    windows = (window(0, (1.0, 5.0)), window(1, (3.0, 9.0)))
    sounds = [voice(1, (1.0, 5.0)) + common, voice(2, (3.0, 9.0)) + common]
    assert run([one.astype(np.float32) for one in sounds], *windows).windows == windows


def test_copy_of_a_sound_without_speech_is_kept(run: Run) -> None:
    """Without a speech region in the original, no other channel would have the text."""
    windows = (window(1, (1.1, 5.1)), window(0, (9.0, 9.5)))
    sounds = [AGENT + voice(3, (9.0, 9.5)), later(quieter(AGENT, 20), 0.1)]
    assert run(sounds, *windows).windows == windows


def test_warning_states_channels_level_delay_and_times(run: Run) -> None:
    echo = later(quieter(AGENT, 26), 0.12)
    state = run([AGENT, echo], window(0, (1.0, 5.0)), window(1, (1.1, 5.1)))
    assert state.warnings == (
        "channel 1 (SPEAKER_01) has the speech of channel 0 (26 dB quieter, 120 ms later); 4.0 s"
        " were left out of it: 1.1 to 5.1 s; if the text should be in all these channels, set"
        " crosstalk=keep",
    )


def test_result_does_not_depend_on_the_run(run: Run) -> None:
    sounds = [AGENT, later(quieter(room(AGENT), 14), 0.03) + quieter(CUSTOMER, 10)]
    windows = (window(0, (1.0, 5.0)), window(1, (1.0, 9.0)))
    assert run(sounds, *windows).windows == run(sounds, *windows).windows


def test_progress_callback_can_cancel(run: Run) -> None:
    class Cancelled(Exception):
        pass

    def cancel() -> None:
        raise Cancelled

    state: PipelineState = run([AGENT, CUSTOMER], window(0, (1.0, 5.0)), window(1, (4.0, 9.0)))
    with pytest.raises(Cancelled):
        without_copies(state, cancel)


@pytest.mark.parametrize("samples", [0, 100, 1024, 3000])
def test_very_short_audio_passes(run: Run, samples: int) -> None:
    windows = (window(0, (0.0, 0.05)), window(1, (0.0, 0.05)))
    sounds = [AGENT[16_000 : 16_000 + samples]] * 2
    assert run(sounds, *windows).windows == windows
