"""Echoes whose delay changes within a chunk are removed, and nothing else is."""

import numpy as np
import pytest

from tests.unit.worker.pipeline.crosstalk.conftest import (
    Run,
    Sound,
    later,
    quieter,
    voice,
    window,
)
from whisperfarm_worker.pipeline.state import Window

SENTENCES = [(0.5, 3.0), (4.5, 7.0), (8.5, 11.0)]
DELAYS = [(0.25, 0.05, 0.25), (0.0, 0.15, 0.3)]


Times = tuple[float, ...]


def echo_of(seed: int, delays_s: Times, level_db: int) -> Sound:
    """Return an echo with a delay for each sentence."""
    parts = [
        later(voice(seed, sentence), delay_s)
        for sentence, delay_s in zip(SENTENCES, delays_s, strict=True)
    ]
    return quieter(np.sum(parts, axis=0), level_db)


def echo_window(channel: int, delays_s: Times) -> Window:
    spans = [(start + at, end + at) for (start, end), at in zip(SENTENCES, delays_s, strict=True)]
    return window(channel, *spans)


@pytest.mark.parametrize("delays_s", DELAYS)
@pytest.mark.parametrize("level_db", [6, 26])
def test_echo_of_another_delay_in_each_sentence_is_removed(
    run: Run, level_db: int, delays_s: Times
) -> None:
    windows = [window(0, *SENTENCES), echo_window(1, delays_s)]
    state = run([voice(1, *SENTENCES), echo_of(1, delays_s, level_db)], *windows)
    assert state.windows == (windows[0],)


def test_echo_in_two_channels_is_removed_from_both(run: Run) -> None:
    sounds = [voice(1, *SENTENCES), *(echo_of(1, one, 6) for one in DELAYS)]
    windows = [window(0, *SENTENCES), *(echo_window(n, DELAYS[n - 1]) for n in (1, 2))]
    assert run(sounds, *windows).windows == (windows[0],)


def test_own_words_over_an_echo_of_changing_delay_are_kept(run: Run) -> None:
    own = voice(2, (5.0, 8.0))
    sounds = [voice(1, *SENTENCES), echo_of(1, DELAYS[0], 14) + own]
    state = run(sounds, window(0, *SENTENCES), window(1, (0.75, 3.25), (4.55, 8.0), (8.75, 11.25)))
    kept = [one for one in state.windows if one.channel == 1]
    assert sum(one.end - one.start for one in kept) == pytest.approx(3.0, abs=0.6)
    assert kept[-1].end == 8.0
