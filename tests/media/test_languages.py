"""Recordings of two languages in the whole pipeline.

The demo model knows English alone. `StubLanguageDetector` stands for the detector of a multilingual
model; all else is real.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.media.conftest import GREETING, PROBLEM, Sound, Transcribe, Write, silence
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Transcript
from whisperfarm_worker.engines.port import DecodedText, Decoding, Engine, SpeechRecognizer
from whisperfarm_worker.local import transcribe_file
from whisperfarm_worker.pipeline.state import Samples

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

TWO_LANGUAGES = Preset(name="two", asr="demo/asr", aligner="demo/align-en", window_s=8.0)
_LOUD = 0.02
"""Mean amplitude between that of the loud and of the quiet speaker."""


class StubLanguageDetector:
    """A recognizer that takes quiet speech for German and loud speech for English."""

    languages = frozenset({"de", "en"})
    translates = False
    detects_languages = True
    takes_language = True

    def __init__(self, recognizer: SpeechRecognizer) -> None:
        self._recognizer = recognizer
        self.clamp = recognizer.clamp
        self.provenance = recognizer.provenance
        self.decoded: list[str] = []

    def detect_language(self, samples: Samples) -> list[tuple[str, float]]:
        found = [("en", 0.95), ("de", 0.05)]
        return found if np.abs(samples).mean() > _LOUD else [("de", 0.95), ("en", 0.05)]

    def transcribe(
        self, windows: Sequence[Samples], decoding: Decoding, **how: Any
    ) -> list[DecodedText]:
        self.decoded += [decoding.language] * len(windows)
        return self._recognizer.transcribe(windows, decoding, **how)


class StubMultilingualEngine:
    """The demo engine, with a detector of two languages."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.recognizer = StubLanguageDetector(engine.speech_recognizer(TWO_LANGUAGES))

    def speech_recognizer(self, preset: Preset) -> StubLanguageDetector:
        return self.recognizer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


@pytest.fixture
def multilingual(engine: Engine) -> StubMultilingualEngine:
    return StubMultilingualEngine(engine)


@pytest.fixture
def transcribe_two(multilingual: StubMultilingualEngine) -> Transcribe:
    def run(file: Path, **options: Any) -> Transcript:
        return transcribe_file(
            file,
            preset=TWO_LANGUAGES,
            engine=multilingual,  # type: ignore[arg-type]
            options=Options(**options),
        )

    return run


def _texts(made: Transcript) -> list[tuple[str, str | None]]:
    return [(segment.text, segment.language) for segment in made.segments]


@pytest.fixture
def quiet_problem(problem: Sound) -> Sound:
    return problem // 6


def test_each_part_has_its_language(
    *,
    greeting: Sound,
    quiet_problem: Sound,
    write: Write,
    transcribe_two: Transcribe,
    multilingual: StubMultilingualEngine,
) -> None:
    talk = np.concatenate([greeting, silence(1), greeting, silence(1), quiet_problem, silence(0.3)])
    made = transcribe_two(write("call.wav", talk), languages="en,de")
    assert _texts(made) == [(GREETING, None), (GREETING, None), (PROBLEM, "de")]
    assert (made.language, made.language_probability) == ("en", 0.95)
    assert sorted(multilingual.recognizer.decoded) == ["de", "en", "en"]
    assert set(made.provenance["languages"]) == {"en", "de"}
    assert made.warnings == ()


def test_each_channel_has_its_language(
    greeting: Sound, quiet_problem: Sound, write: Write, transcribe_two: Transcribe
) -> None:
    late = np.concatenate([silence(6), quiet_problem])
    made = transcribe_two(write("call.wav", greeting, late), channels="speakers")
    assert sorted(_texts(made)) == sorted([(GREETING, None), (PROBLEM, "de")])


def test_language_is_that_of_most_windows_by_default(
    greeting: Sound, quiet_problem: Sound, write: Write, transcribe_two: Transcribe
) -> None:
    pause = silence(6)
    talk = np.concatenate([greeting, pause, quiet_problem, pause, quiet_problem, silence(0.3)])
    made = transcribe_two(write("call.wav", talk))
    assert _texts(made) == [(GREETING, None), (PROBLEM, None), (PROBLEM, None)]
    assert made.language == "de"


def test_automatic_language_of_an_english_model_gives_a_warning(
    greeting: Sound, write: Write, transcribe: Transcribe
) -> None:
    made = transcribe(write("call.wav", greeting), language="auto")
    assert (made.text, made.language) == (GREETING, "en")
    assert made.warnings == ("language=auto has no effect: demo has one language, english",)
