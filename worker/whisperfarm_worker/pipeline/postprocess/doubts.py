"""Warnings about doubtful text: of single windows, and of the whole recording."""

from collections.abc import Sequence

from whisperfarm_worker.engines.port import Doubt
from whisperfarm_worker.pipeline.postprocess.times import list_times
from whisperfarm_worker.pipeline.state import Window, WindowText

_IMPROBABLE_LOGPROB = -0.6
"""Mean log probability of a recording below which most of its words are wrong in practice, such as
those of speech that is played too fast. Clear speech is above -0.4."""

_WARNINGS = {
    Doubt.NO_SPEECH: "the speech model found no speech, and text was left out, at {times}",
    Doubt.REPETITION: "a phrase that the speech model repeated in a loop was cut at {times}",
    Doubt.IMPROBABLE: "the text is improbable and may be wrong at {times}",
}


def doubt_warnings(doubts: Sequence[tuple[Window, Doubt | None]]) -> list[str]:
    """Return one warning per kind of doubt, with the times of its windows."""
    return [
        text.format(times=list_times([window for window, found in doubts if found is doubt]))
        for doubt, text in _WARNINGS.items()
        if any(found is doubt for _, found in doubts)
    ]


def recording_warnings(window_texts: Sequence[WindowText]) -> list[str]:
    """Return a warning if the text of the whole recording is improbable."""
    seconds = [text.window.end - text.window.start for text in window_texts]
    if not sum(seconds):
        return []
    weighted = zip(window_texts, seconds, strict=True)
    mean = sum(text.avg_logprob * length for text, length in weighted) / sum(seconds)
    if mean >= _IMPROBABLE_LOGPROB:
        return []
    return [
        f"the text of the recording is improbable (mean log probability {mean:.2f}): check the"
        " sound and the language; if the sound is too fast or too slow, set sample_rate to its"
        " true rate"
    ]
