"""Which time spans of a recording are masked (decision 0263)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from whisperfarm_contract.transcript import Transcript
from whisperfarm_worker.pipeline.state import TimeSpan, merge

MARGIN_S = 0.1
"""Masked before and after each redaction: twice the error of 95 % of the words' times."""


@dataclass(frozen=True, slots=True)
class MaskedSpans:
    """What is masked: `redacted` because data was found there, `untranscribed` because no text says
    what is there. Both are in order, and may overlap each other."""

    redacted: Sequence[TimeSpan]
    untranscribed: Sequence[TimeSpan]

    def all(self) -> list[TimeSpan]:
        """Return both, merged."""
        return merge([*self.redacted, *self.untranscribed])


def find_spans(transcript: Transcript, clips: Sequence[TimeSpan], audio_s: float) -> MaskedSpans:
    """Return what to mask by a redacted transcript. `clips` are the parts that were transcribed;
    empty if all was."""
    coverage = transcript.coverage
    redacted = (
        TimeSpan(one.start - MARGIN_S, one.end + MARGIN_S) for one in transcript.redactions or ()
    )
    untranscribed = [
        *(TimeSpan(one.start, one.end) for one in coverage.gaps),
        *(TimeSpan(one.start, one.end) for one in coverage.other_sounds),
        *(_outside(clips, audio_s) if clips else ()),
    ]
    return MaskedSpans(_within(redacted, audio_s), _within(untranscribed, audio_s))


def _outside(clips: Iterable[TimeSpan], audio_s: float) -> Iterator[TimeSpan]:
    start = 0.0
    for clip in merge(clips):
        yield TimeSpan(start, clip.start)
        start = clip.end
    yield TimeSpan(start, audio_s)


def _within(spans: Iterable[TimeSpan], audio_s: float) -> list[TimeSpan]:
    """Return the parts of the spans that are in the recording, merged."""
    cut = (TimeSpan(max(one.start, 0.0), min(one.end, audio_s)) for one in spans)
    return merge(one for one in cut if one.start < one.end)
