"""Which time spans of a recording are masked."""

import numpy as np

from whisperfarm_contract.transcript import (
    Coverage,
    Gap,
    OtherSound,
    Redaction,
    Segment,
    Transcript,
    Word,
)
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, TimeSpan, Waveform
from whisperfarm_worker.redaction.masked_spans import MARGIN_S, find_spans, find_wordless


def transcript(*redactions: Redaction, coverage: Coverage | None = None) -> Transcript:
    return Transcript(
        language="en",
        model="demo",
        coverage=coverage or Coverage(audio_s=10),
        redactions=redactions,
    )


def card(start: float, end: float) -> Redaction:
    return Redaction(kind="card", start=start, end=end)


def test_redactions_get_a_margin_and_are_merged() -> None:
    found = find_spans(transcript(card(2, 3), card(3 + MARGIN_S, 4), card(6, 6)), (), 10)
    assert found.redacted == [
        TimeSpan(2 - MARGIN_S, 4 + MARGIN_S),
        TimeSpan(6 - MARGIN_S, 6 + MARGIN_S),
    ]
    assert found.untranscribed == []


def test_spans_end_with_the_recording() -> None:
    assert find_spans(transcript(card(0, 10)), (), 10).redacted == [TimeSpan(0, 10)]


def test_what_no_text_describes_is_masked() -> None:
    coverage = Coverage(
        audio_s=10,
        gaps=(Gap(start=1, end=2),),
        other_sounds=(OtherSound(start=5, end=6),),
    )
    clips = (TimeSpan(0.5, 4), TimeSpan(3, 9))
    found = find_spans(transcript(card(8, 9), coverage=coverage), clips, 10)
    assert found.untranscribed == [
        TimeSpan(0, 0.5),
        TimeSpan(1, 2),
        TimeSpan(5, 6),
        TimeSpan(9, 10),
    ]
    assert found.all()[-1] == TimeSpan(8 - MARGIN_S, 10)


def tones(*starts: float) -> np.ndarray:
    """Return 10 s of silence with a tone of 0.15 s at each start, as keys of a telephone make."""
    samples = np.zeros(10 * SAMPLE_RATE_HZ, np.float32)
    tone = 0.3 * np.sin(np.arange(round(0.15 * SAMPLE_RATE_HZ)) * 0.3).astype(np.float32)
    for start in starts:
        first = round(start * SAMPLE_RATE_HZ)
        samples[first : first + len(tone)] = tone
    return samples


def test_keyed_digits_are_wordless_also_while_another_channel_speaks() -> None:
    waveform = Waveform([tones(2.0, 5.0), tones(2.0, 2.7, 5.0)])
    spoken = Segment(
        start=2, end=2.15, text="x", channel=0, words=(Word(text="x", start=2, end=2.15),)
    )
    agent, caller = find_wordless(waveform, [spoken], speaker_per_channel=True)
    assert [round(one.start, 1) for one in agent] == [5.0]
    assert [round(one.start, 1) for one in caller] == [2.0, 2.7, 5.0]
    assert all(one.end - one.start >= 0.15 for one in caller)
