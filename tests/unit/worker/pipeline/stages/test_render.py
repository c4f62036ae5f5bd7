"""The render stage: the finished transcript."""

from collections.abc import Callable
from dataclasses import replace

from whisperfarm_contract import transcript
from whisperfarm_contract.transcript import Segment, Word
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.render import render
from whisperfarm_worker.pipeline.state import PipelineState

Make = Callable[..., PipelineState]


def _segment(start: float, text: str, channel: int | None = None) -> Segment:
    word = Word(text=text, start=start, end=start + 1, score=0.5)
    return Segment(start=start, end=start + 1, text=text, words=(word,), channel=channel)


def _render(state: PipelineState, context: StageContext) -> transcript.Transcript:
    rendered = render(state, context, NullMonitor()).transcript
    assert rendered is not None
    return rendered


def test_transcript_has_language_model_task_and_duration(
    make_work: Make, context: StageContext
) -> None:
    state = replace(make_work((0, 1), task="translate"), segments=(_segment(0, "hi"),))
    made = _render(replace(state, language="de", language_probability=0.9), context)
    assert (made.text, made.language, made.language_probability) == ("hi", "de", 0.9)
    assert (made.model, made.task, made.duration) == ("calls", "translate", 10.0)


def test_segments_come_by_time_and_then_by_channel(make_work: Make, context: StageContext) -> None:
    segments = (_segment(3, "c", 0), _segment(0, "b", 1), _segment(0, "a", 0))
    made = _render(replace(make_work((0, 4)), segments=segments), context)
    assert made.text == "a b c"


def test_warnings_of_all_stages_are_kept(make_work: Make, context: StageContext) -> None:
    made = _render(make_work().warn("cut short"), context)
    assert made.warnings == ("cut short", "no speech was found in the audio")


def test_transcript_has_provenance(make_work: Make, context: StageContext) -> None:
    made = _render(replace(make_work((0, 1)), segments=(_segment(0, "hi"),)), context)
    assert made.provenance["engine"] == "fake"
    assert made.provenance["asr"] == "my/asr"
    assert made.provenance["vad"] == "fake/finder"
    assert "diarizer" not in made.provenance


def test_rendered_transcript_survives_the_wire_form(make_work: Make, context: StageContext) -> None:
    made = _render(replace(make_work((0, 1)), segments=(_segment(0, "hi"),)), context)
    assert transcript.from_wire(made.to_wire()) == made
