"""Which time spans of a recording are masked."""

from whisperfarm_contract.transcript import Coverage, Gap, OtherSound, Redaction, Transcript
from whisperfarm_worker.pipeline.state import TimeSpan
from whisperfarm_worker.redaction.masked_spans import MARGIN_S, find_spans


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
