import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from whisperfarm_contract.transcript import Coverage, Gap, Segment, Transcript, Turn, Word


@pytest.fixture(scope="session")
def whisper_package() -> Path:
    """The folder of the installed openai-whisper; its own `__init__` would import torch."""
    spec = importlib.util.find_spec("whisper")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


@pytest.fixture(scope="session")
def whisper_writers(whisper_package: Path) -> ModuleType:
    return _load(whisper_package / "utils.py")


@pytest.fixture(scope="session")
def whisper_tokenizer(whisper_package: Path) -> ModuleType:
    return _load(whisper_package / "tokenizer.py")


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"whisper_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def call() -> Transcript:
    """Two speakers, with everything that a transcript can carry."""
    first = (
        Word(text="Good", start=0.5, end=0.75, score=0.9, speaker="SPEAKER_00"),
        Word(text="morning.", start=0.75, end=1.25, speaker="SPEAKER_00", interpolated=True),
    )
    second = (Word(text="Hello.", start=3661.5, end=3662.0, score=0.8, speaker="SPEAKER_01"),)
    return Transcript(
        language="en",
        model="demo",
        segments=(
            Segment(
                start=0.5,
                end=1.25,
                text="Good morning.",
                words=first,
                speaker="SPEAKER_00",
                avg_logprob=-0.25,
            ),
            Segment(
                start=3661.5,
                end=3662.0,
                text=" Hello.",
                words=second,
                speaker="SPEAKER_01",
                channel=1,
            ),
        ),
        turns=(Turn(start=0.4, end=1.3, speaker="SPEAKER_00"),),
        coverage=Coverage(
            audio_s=3700.0,
            speech_s=4.0,
            transcribed_s=1.25,
            interpolated_words=1,
            gaps=(Gap(start=10.0, end=12.75),),
        ),
        warnings=("2.8 s of speech gave no words",),
        language_probability=0.98,
        made_with={"engine": "whisperx"},
    )
