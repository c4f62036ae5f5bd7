"""Recordings of several languages, from detection to segments; the detector is a stub."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from tests.support.fake_engine import FakeAligner, FakeEngine, FakeModel
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_worker.attempt.checkpoint import NoCheckpoint
from whisperfarm_worker.attempt.checkpoint_parts import Languages, Probabilities
from whisperfarm_worker.attempt.monitor import Cancelled, NullMonitor
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.align import align
from whisperfarm_worker.pipeline.stages.render import render
from whisperfarm_worker.pipeline.stages.transcribe import transcribe
from whisperfarm_worker.pipeline.state import (
    SAMPLE_RATE_HZ,
    PipelineState,
    Samples,
    SpeechRegion,
    Waveform,
    Window,
)

Make = Callable[..., PipelineState]
LOUDNESS = {"en": 0.1, "de": 0.2, "ja": 0.3}


@dataclass
class StubMultilingualModel(FakeModel):
    """A model whose detector takes the loudness of samples for their language."""

    languages: frozenset[str] = frozenset(LOUDNESS)
    certainty: float = 0.95

    def detect_language(self, samples: Samples) -> list[tuple[str, float]]:
        super().detect_language(samples)
        peaks = np.abs(samples)
        counts = {code: np.isclose(peaks, level).sum() for code, level in LOUDNESS.items()}
        rest = 1 - self.certainty
        likeliest = max(counts, key=lambda code: counts[code])
        return [(code, self.certainty if code == likeliest else rest / 2) for code in LOUDNESS]

    def transcribe(
        self, windows: Sequence[Samples], decoding: Decoding, **how
    ) -> list[DecodedText]:  # type: ignore[no-untyped-def]
        super().transcribe(windows, decoding, **how)
        text = {"en": "Good day.", "de": "Guten Tag.", "ja": "今日は。"}[decoding.language]
        return [DecodedText(text, -0.2) for _ in windows]


@dataclass
class LanguageEngine(FakeEngine):
    """An engine with an aligner for each language but Japanese."""

    aligners: dict[str, FakeAligner] = field(
        default_factory=lambda: {code: FakeAligner(name=f"align/{code}") for code in ("en", "de")}
    )

    def aligner(self, preset: Preset, language: str) -> FakeAligner | None:
        return self.aligners.get(language)


@pytest.fixture
def engine() -> LanguageEngine:
    return LanguageEngine(model=StubMultilingualModel())


Spoken = tuple[float, float, str]


@pytest.fixture
def recording(make_work: Make) -> Make:
    """Return a state whose windows, in one or more channels, have parts in given languages."""

    def make(*channels: Sequence[Sequence[Spoken]], **options: object) -> PipelineState:
        samples = np.zeros((len(channels), 120 * SAMPLE_RATE_HZ), dtype=np.float32)
        windows = []
        for channel, spoken in enumerate(channels):
            for parts in spoken:
                regions = tuple(SpeechRegion(start, end) for start, end, _ in parts)
                first, last = regions[0].start, regions[-1].end
                windows.append(Window(start=first, end=last, regions=regions, channel=channel))
                for start, end, code in parts:
                    span = slice(int(start * SAMPLE_RATE_HZ), int(end * SAMPLE_RATE_HZ))
                    samples[channel, span] = LOUDNESS[code]
        windows.sort(key=lambda one: (one.start, one.channel))
        return replace(
            make_work(),
            options=Options(**options),  # type: ignore[arg-type]
            waveform=Waveform(samples),
            windows=tuple(windows),
            language="",
        )

    return make


def _segments(state: PipelineState) -> list[tuple[float, str, str | None]]:
    return [(one.start, one.text, one.language) for one in state.segments]


def _run(state: PipelineState, context: StageContext) -> PipelineState:
    monitor = NullMonitor()
    return render(align(transcribe(state, context, monitor), context, monitor), context, monitor)


TALK = [[(0, 20, "en")], [(25, 40, "de")], [(45, 60, "en")]]


@pytest.mark.parametrize("given", [{"language": "auto"}, {"languages": "en,de"}])
def test_each_window_has_its_language(
    recording: Make, context: StageContext, engine: LanguageEngine, given: dict[str, str]
) -> None:
    state = _run(recording(TALK, **given), context)
    assert _segments(state) == [
        (0, "Good day.", None),
        (25, "Guten Tag.", "de"),
        (45, "Good day.", None),
    ]
    assert [one.language for one in engine.model.decodings] == ["en", "de"]
    assert state.transcript is not None
    wire = state.transcript.to_wire()
    assert [one.get("language") for one in wire["segments"]] == [None, "de", None]
    assert (wire["language"], wire["language_probability"]) == ("en", 0.95)
    assert wire["provenance"]["languages"] == {"en": 35, "de": 15}


def test_window_is_cut_where_the_language_changes(recording: Make, context: StageContext) -> None:
    window = [(0, 6, "en"), (6.5, 12, "en"), (13, 24, "de")]
    state = _run(recording([window], languages="en,de"), context)
    assert [(one.start, one.end) for one in state.windows] == [(0, 12), (13, 24)]
    assert [one.language for one in state.segments] == [None, "de"]


def test_one_odd_short_window_does_not_change_the_language(
    recording: Make, context: StageContext
) -> None:
    talk = [[(0, 10, "en")], [(11, 13, "de")], [(14, 25, "en")]]
    state = _run(recording(talk, language="auto"), context)
    assert [one.language for one in state.segments] == [None, None, None]


def test_language_is_one_per_channel_by_default(
    recording: Make, context: StageContext, engine: LanguageEngine
) -> None:
    german = [[(5, 12, "de")], [(30, 40, "de")]]
    state = _run(recording(TALK, german, channels="speakers"), context)
    assert {(one.channel, one.language) for one in state.segments} == {(0, None), (1, "de")}
    assert state.language == "en"
    assert len(engine.model.detected_lengths) == 5


def test_ring_tone_first_does_not_decide_the_language(
    recording: Make, context: StageContext
) -> None:
    call = [[(0, 25, "ja")], *([(30 + 12 * n, 40 + 12 * n, "de")] for n in range(5))]
    assert _run(recording(call), context).language == "de"


def test_each_language_has_its_aligner(
    recording: Make, context: StageContext, engine: LanguageEngine
) -> None:
    state = _run(recording([*TALK, [(70, 80, "ja")]], language="auto"), context)
    assert [len(one.windows) for one in engine.aligners.values()] == [2, 1]
    assert state.provenance["aligners"] == {"en": "align/en", "de": "align/de"}
    assert state.provenance["aligner"] == "align/en"
    assert state.warnings == ("this farm has no aligner for japanese: word times are estimates",)
    assert [word.text for word in state.segments[-1].words] == list("今日は。")


def test_translation_is_split_into_english_words(recording: Make, context: StageContext) -> None:
    state = recording([[(0, 10, "ja")]], task="translate", language="ja")
    made = transcribe(state, context, NullMonitor())
    translated = replace(made, window_texts=(replace(made.window_texts[0], text="Good day."),))
    aligned = align(translated, context, NullMonitor())
    assert [word.text for word in aligned.segments[0].words] == ["Good", "day."]


def test_uncertain_language_gives_a_warning_with_the_cure(
    recording: Make, context: StageContext, engine: LanguageEngine
) -> None:
    engine.model = StubMultilingualModel(certainty=0.4)
    state = _run(recording([[(0, 10, "de")]]), context)
    assert (
        "the language is uncertain: german was detected with a probability of 0.40 at 0.0 to 10.0"
        " s; set language, or languages if several are spoken"
    ) in state.warnings


def test_language_outside_the_list_gives_a_warning(recording: Make, context: StageContext) -> None:
    state = _run(recording([[(0, 10, "ja")]], languages="en,de"), context)
    assert [one for one in state.warnings if "the language is uncertain" in one]


def test_detection_stops_when_the_job_is_cancelled(
    recording: Make, context: StageContext, engine: LanguageEngine
) -> None:
    class Cancelling(NullMonitor):
        def report_progress(self, stage: str, fraction: float) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        transcribe(recording(TALK, language="auto"), context, Cancelling())
    assert engine.model.detected_lengths == []


def test_silence_in_auto_mode_has_a_language(recording: Make, context: StageContext) -> None:
    state = _run(recording([], language="auto"), context)
    assert state.language in LOUDNESS
    assert state.segments == ()


class _KeptLanguages(NoCheckpoint):
    """Keeps languages in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Probabilities] = {}

    def load_languages(self, preset: Preset, codes: Sequence[str]) -> Languages:
        del preset, codes
        return dict(self.kept)

    def record_language(self, key: str, probabilities: Probabilities) -> None:
        self.kept[key] = probabilities


@pytest.mark.parametrize("options", [{}, {"language": "auto"}])
def test_languages_of_an_earlier_attempt_are_not_detected_again(
    recording: Make, context: StageContext, engine: LanguageEngine, options: dict[str, str]
) -> None:
    checkpoint = _KeptLanguages()
    resumable = replace(context, checkpoint=checkpoint)
    first = _run(recording(TALK, **options), resumable)
    detected = len(engine.model.detected_lengths)
    assert detected == len(checkpoint.kept) > 1
    del checkpoint.kept[next(iter(checkpoint.kept))]
    assert _segments(_run(recording(TALK, **options), resumable)) == _segments(first)
    assert len(engine.model.detected_lengths) == detected + 1
