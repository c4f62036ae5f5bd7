"""render: the transcript, with its coverage and warnings."""

from dataclasses import replace

from whisperfarm_contract.transcript import Segment, Transcript
from whisperfarm_worker.attempt.monitor import Watch
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.postprocess import coverage
from whisperfarm_worker.pipeline.state import Work


def render(work: Work, tools: Tools, watch: Watch) -> Work:
    """Set `transcript`. Its output format is chosen when it is read."""
    watch.report("render", 0.0)
    covered = coverage.measure(work.sound.seconds, work.windows, work.segments)
    warned = work.warn(*coverage.warnings(covered))
    transcript = Transcript(
        language=work.language,
        language_probability=work.language_probability,
        model=work.preset.name,
        task=work.options.task,
        segments=tuple(sorted(map(_in_milliseconds, work.segments), key=_by_time)),
        turns=work.turns,
        coverage=covered,
        warnings=warned.warnings,
        made_with={**tools.engine.about(), **_models(work), **work.made_with},
    )
    return replace(warned, transcript=transcript)


def _models(work: Work) -> dict[str, str]:
    models = {"asr": work.preset.asr}
    if work.turns and not work.speaker_per_channel:
        models["diarizer"] = work.preset.diarizer
    return models


def _in_milliseconds(segment: Segment) -> Segment:
    return replace(segment, start=round(segment.start, 3), end=round(segment.end, 3))


def _by_time(segment: Segment) -> tuple[float, int]:
    return segment.start, segment.channel or 0
