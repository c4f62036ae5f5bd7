"""Which time spans of a recording are masked (decision 0263)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from whisperfarm_contract.transcript import Segment, Transcript
from whisperfarm_worker.pipeline.levels.sounds import Loudness
from whisperfarm_worker.pipeline.state import SpeechRegion, TimeSpan, Waveform, merge

MARGIN_S = 0.1
"""Masked before and after each redaction: twice the error of 95 % of the words' times."""


@dataclass(frozen=True, slots=True)
class MaskedSpans:
    """What is masked: `redacted` because data was found there, `untranscribed` because no text says
    what is there. Both are in order, and may overlap each other. `wordless` are, for each channel,
    the sounds beside which it has no word."""

    redacted: Sequence[TimeSpan]
    untranscribed: Sequence[TimeSpan]
    wordless: Sequence[Sequence[TimeSpan]] = ()

    def all(self) -> list[TimeSpan]:
        """Return what is masked in all channels, merged."""
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


def find_wordless(
    waveform: Waveform, segments: Sequence[Segment], *, speaker_per_channel: bool
) -> list[list[TimeSpan]]:
    """Return the sounds of each channel that are not beside a word of it, such as keyed digits or
    the echo of another channel."""
    return [
        Loudness.of(samples).all_outside(
            [
                SpeechRegion(part.start, part.end)
                for segment in segments
                if not speaker_per_channel or (segment.channel or 0) == channel
                for part in (segment.words or (segment,))
            ]
        )
        for channel, samples in enumerate(waveform.samples)
    ]


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
