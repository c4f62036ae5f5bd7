"""The diarize stage names speakers by enrolled voices, and keeps voices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.fake_engine import FakeDiarizer, FakeEngine
from whisperfarm_contract.transcript import Segment, Turn, Word
from whisperfarm_contract.voices import EnrolledVoice
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.attempt.voices import AttemptVoices
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.diarize import diarize
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, PipelineState, Samples

MODEL = "m" * 64
TURNS = (
    Turn(start=0, end=4, speaker="x"),
    Turn(start=4, end=9, speaker="y"),
    Turn(start=9, end=10, speaker="z"),
)
ANA = EnrolledVoice(id="a", name="Ana", model=MODEL, embedding=(1.0, 0.0))


@dataclass
class FakeEmbedder(FakeDiarizer):
    """A diarizer that computes one voice after the other."""

    voice_model: str = MODEL
    lengths_s: list[float] = field(default_factory=list)

    def voice(self, parts: Sequence[Samples]) -> NDArray[np.float32] | None:
        self.lengths_s.append(sum(map(len, parts)) / SAMPLE_RATE_HZ)
        return np.array([[1.0, 0.0], [0.0, 1.0]][len(self.lengths_s) - 1], np.float32)


@pytest.fixture
def state(make_work: Callable[..., PipelineState]) -> Callable[..., PipelineState]:
    """Return a state with a word of each speaker per second; keywords are options."""

    def make(**options: object) -> PipelineState:
        words = tuple(Word(text=f"w{n}", start=n, end=n + 0.8) for n in range(10))
        segment = Segment(start=0, end=10, text=" ".join(w.text for w in words), words=words)
        return replace(make_work((0, 10), diarize=True, **options), segments=(segment,))

    return make


@pytest.fixture
def voices() -> AttemptVoices:
    """Return the voices of an attempt whose tenant has enrolled one."""
    return AttemptVoices({"north": [ANA], "south": []}.__getitem__, "north")


def run(
    state: PipelineState, context: StageContext, engine: FakeEngine, voices: AttemptVoices
) -> PipelineState:
    engine.its_diarizer = FakeEmbedder(TURNS)
    known = replace(context, voices=voices, speaker_threshold=0.8)
    return diarize(state, known, NullMonitor())


def test_speakers_get_names_and_their_voices_are_kept(
    state: Callable[..., PipelineState],
    context: StageContext,
    engine: FakeEngine,
    voices: AttemptVoices,
) -> None:
    made = run(state(name_speakers=True, keep_voices=True), context, engine, voices)
    assert [one.speaker for one in made.segments] == ["Ana", "SPEAKER_01", "SPEAKER_02"]
    assert [one.speaker for one in made.turns] == ["Ana", "SPEAKER_01", "SPEAKER_02"]
    assert [(one.name, one.voice, one.score) for one in made.known_speakers or ()] == [
        ("Ana", "a", 1.0)
    ]
    assert [one.speaker for one in voices.kept] == ["Ana", "SPEAKER_01"]  # the third is too short


def test_nothing_is_computed_unless_the_job_asks(
    state: Callable[..., PipelineState],
    context: StageContext,
    engine: FakeEngine,
    voices: AttemptVoices,
) -> None:
    made = run(state(), context, engine, voices)
    assert made.known_speakers is None
    assert (voices.kept, engine.its_diarizer.lengths_s) == ((), [])


def test_diarizer_without_voices_gives_a_warning(
    state: Callable[..., PipelineState], context: StageContext, engine: FakeEngine
) -> None:
    engine.its_diarizer = FakeDiarizer(TURNS)
    made = diarize(state(name_speakers=True), context, NullMonitor())
    assert "computes no voices" in made.warnings[-1]
