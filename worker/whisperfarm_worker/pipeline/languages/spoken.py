"""Windows with their languages: the main language of a recording, and warnings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from whisperfarm_contract.languages import NAMES
from whisperfarm_worker.pipeline.languages.parts import speech_s
from whisperfarm_worker.pipeline.postprocess.times import list_times
from whisperfarm_worker.pipeline.state import Window

_UNCERTAIN = 0.5
"""Mean probability of a language below which it is often wrong, as in faster-whisper."""


@dataclass(frozen=True, slots=True)
class SpokenWindow:
    """A window and its language. `probability` is 0 to 1, or `None` if it was not detected."""

    window: Window
    language: str
    probability: float | None = None


def windows_by_channel(windows: Iterable[Window]) -> Mapping[int, list[Window]]:
    """Return the windows of each channel."""
    channels: defaultdict[int, list[Window]] = defaultdict(list)
    for window in windows:
        channels[window.channel].append(window)
    return channels


def speech_by_language(spoken: Iterable[SpokenWindow]) -> Mapping[str, float]:
    """Return the seconds of speech in each language, the main language first."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for one in spoken:
        seconds[one.language] += speech_s(one.window)
    order = sorted(seconds, key=lambda language: -seconds[language])
    return {language: round(seconds[language], 3) for language in order}


def mean_probability(spoken: Sequence[SpokenWindow]) -> float | None:
    """Return the mean probability of detected languages, weighted by speech, or `None`."""
    detected = [
        (one.probability, max(speech_s(one.window), 0.001))
        for one in spoken
        if one.probability is not None
    ]
    if not detected:
        return None
    total = sum(probability * seconds for probability, seconds in detected)
    return round(total / sum(seconds for _, seconds in detected), 4)


def uncertainty_warnings(spoken: Sequence[SpokenWindow]) -> list[str]:
    """Return a warning for each language of a channel that was detected with a low probability."""
    groups: defaultdict[tuple[int, str], list[SpokenWindow]] = defaultdict(list)
    for one in spoken:
        groups[one.window.channel, one.language].append(one)
    return [
        f"the language is uncertain: {NAMES.get(language, language)} was detected with a"
        f" probability of {probability:.2f} at {list_times([one.window for one in group])}; set"
        " language, or languages if several are spoken"
        for (_, language), group in groups.items()
        if (probability := mean_probability(group)) is not None and probability < _UNCERTAIN
    ]
