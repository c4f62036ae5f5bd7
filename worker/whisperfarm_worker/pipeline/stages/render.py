"""render: the transcript, with its coverage and warnings."""

from dataclasses import replace

from whisperfarm_contract.transcript import Segment, Transcript
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.pipeline.clips.selection import selected_s
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.postprocess import coverage
from whisperfarm_worker.pipeline.state import PipelineState


def render(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `transcript`. Its output format is chosen when it is read."""
    monitor.report_progress("render", 0.0)
    report = coverage.measure(
        state.waveform.seconds, state.windows, state.segments, state.holes, state.other_sounds
    )
    state_with_warnings = state.warn(*coverage.warnings(report, selected_s(state)))
    transcript = Transcript(
        language=state.language,
        language_probability=state.language_probability,
        model=state.preset.name,
        task=state.options.task,
        segments=tuple(sorted(map(_in_milliseconds, state.segments), key=_by_time)),
        turns=state.turns,
        coverage=report,
        warnings=state_with_warnings.warnings,
        provenance={
            **context.engine.describe(),
            **_models(state, context),
            **_channels(state),
            **state.provenance,
        },
        recording=state.recording,
        known_speakers=state.known_speakers,
    )
    return replace(state_with_warnings, transcript=transcript)


def _models(state: PipelineState, context: StageContext) -> dict[str, str]:
    detector = context.engine.voice_activity_detector(state.preset)
    models = {"vad": detector.name, "asr": state.preset.asr}
    if state.turns and state.options.wants_diarizer(by_default=state.preset.diarize):
        models["diarizer"] = state.preset.diarizer
    return models


def _channels(state: PipelineState) -> dict[str, int]:
    """Return the number of channels, if each is one speaker: silent ones have no segments."""
    return {"channels": state.waveform.channels} if state.speaker_per_channel else {}


def _in_milliseconds(segment: Segment) -> Segment:
    return replace(segment, start=round(segment.start, 3), end=round(segment.end, 3))


def _by_time(segment: Segment) -> tuple[float, int]:
    return segment.start, segment.channel or 0
