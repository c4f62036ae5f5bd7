"""Spoken recordings, made on the spot, and their transcripts by the demo models."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.recordings import ffmpeg_path, wav
from training.espeak import Synthesizer
from training.voices import Speaker
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import PRESETS
from whisperfarm_contract.transcript import Transcript
from whisperfarm_demo import models_dir
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.local import load_engine, transcribe_file
from whisperfarm_worker.settings import WorkerSettings

pytest.register_assert_rewrite("tests.media.corpus.checks")

Sound = NDArray[np.int16]
"""Mono samples at 16 kHz."""

MAN, WOMAN = Speaker("en-us+m3", 150, 45), Speaker("en-gb+f2", 150, 60)

GREETING = "hello thank you for calling customer support how can i help you today"
PROBLEM = "hello i am calling about a problem with my internet line"


def silence(seconds: float) -> Sound:
    return np.zeros(round(16_000 * seconds), dtype=np.int16)


@pytest.fixture(scope="session")
def greeting() -> Sound:
    """`GREETING` in a man's voice."""
    return Synthesizer().say(GREETING, MAN).samples


@pytest.fixture(scope="session")
def problem() -> Sound:
    """`PROBLEM` in a woman's voice."""
    return Synthesizer().say(PROBLEM, WOMAN).samples


@pytest.fixture(scope="session")
def talk(greeting: Sound, problem: Sound) -> Sound:
    """Both sentences, with a pause of 0.6 seconds between them."""
    return np.concatenate([greeting, silence(0.6), problem, silence(0.3)])


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The demo models, loaded once."""
    settings = WorkerSettings(data_dir=tmp_path_factory.mktemp("data"), device="cpu")
    return load_engine(settings, bundled_models=models_dir())


Transcribe = Callable[..., Transcript]


@pytest.fixture
def transcribe(engine: Engine) -> Transcribe:
    """Transcribes a file; options by keyword."""

    def run(file: Path, **options: object) -> Transcript:
        given = Options(**options)  # type: ignore[arg-type]
        return transcribe_file(file, preset=PRESETS["demo"], engine=engine, options=given)

    return run


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a WAV file with these channels, filled up with silence to the same length."""

    def file(name: str, *channels: Sound) -> Path:
        frames = np.zeros((max(map(len, channels)), len(channels)), dtype="<i2")
        for number, samples in enumerate(channels):
            frames[: len(samples), number] = samples
        path = tmp_path / name
        path.write_bytes(wav(frames.tobytes(), channels=len(channels)))
        return path

    return file


Ffmpeg = Callable[..., Path]


@pytest.fixture
def ffmpeg(tmp_path: Path) -> Ffmpeg:
    """Runs ffmpeg; the last argument names the file that it writes and returns."""

    def run(*arguments: object) -> Path:
        path = tmp_path / str(arguments[-1])
        command = [ffmpeg_path(), "-v", "error", "-y", *map(str, arguments[:-1]), str(path)]
        subprocess.run(command, check=True, timeout=60)
        return path

    return run
