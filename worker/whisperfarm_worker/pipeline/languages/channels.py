"""Detects one language for each channel, from windows of the whole channel.

The first windows alone would not do: they may be ring tone, music or an announcement.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

from whisperfarm_worker.attempt.checkpoint_parts import Probabilities
from whisperfarm_worker.pipeline.languages.parts import MIN_PART_S, speech_s
from whisperfarm_worker.pipeline.languages.smoothing import NO_EVIDENCE_S
from whisperfarm_worker.pipeline.languages.spoken import SpokenWindow, windows_by_channel
from whisperfarm_worker.pipeline.state import Window

MIN_SPEECH_S = NO_EVIDENCE_S
"""A channel with less speech gets the language of the channel with the most."""

MAX_WINDOWS = 5
"""Maximum number of windows of a channel in which its language is detected."""

_CERTAIN = 0.9
"""Mean probability in two or more windows at which no further window is needed."""

Detect = Callable[[Window], Probabilities]
"""Returns the probabilities of the allowed languages in a window."""


def once_per_channel(windows: Sequence[Window], detect: Detect) -> list[SpokenWindow]:
    """Return the windows, of which there is at least one, with the language of their channel."""
    channels = windows_by_channel(windows)
    total_s = {channel: sum(map(speech_s, own)) for channel, own in channels.items()}
    most = max(channels, key=lambda channel: total_s[channel])
    found = {
        channel: _language(own, detect)
        for channel, own in channels.items()
        if channel == most or total_s[channel] >= MIN_SPEECH_S
    }
    undetected = found[most][0], None
    return [SpokenWindow(one, *found.get(one.channel, undetected)) for one in windows]


def _language(windows: Sequence[Window], detect: Detect) -> tuple[str, float]:
    """Return the language with the highest mean probability, and that mean."""
    weighted: defaultdict[str, float] = defaultdict(float)
    total_s = 0.0
    language, mean = "", 0.0
    for number, window in enumerate(_spread(windows)):
        seconds = max(speech_s(window), 0.001)
        total_s += seconds
        for code, probability in detect(window).items():
            weighted[code] += probability * seconds
        language = max(weighted, key=lambda code: weighted[code])
        mean = weighted[language] / total_s
        if number and mean >= _CERTAIN:
            break
    return language, round(mean, 4)


def _spread(windows: Sequence[Window]) -> list[Window]:
    """Return at most `MAX_WINDOWS` windows with enough speech, at equal distances."""
    enough = [window for window in windows if speech_s(window) >= MIN_PART_S]
    if not enough:
        return sorted(windows, key=speech_s, reverse=True)[:MAX_WINDOWS]
    count = min(len(enough), MAX_WINDOWS)
    return [enough[number * (len(enough) - 1) // max(count - 1, 1)] for number in range(count)]
