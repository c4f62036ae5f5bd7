"""The diarizer's turns are those of the pyannote pipeline, called as WhisperX calls it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from whisperx.diarize import DiarizationPipeline

from tests.support.recordings import SUPPORT_CALL
from training.wav import read_pcm
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.transcript import Turn
from whisperfarm_demo import models_dir
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.whisperx.diarization.pipeline import load_pipeline
from whisperfarm_worker.engines.whisperx.diarizer import PyannoteDiarizer
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.slow,
    # pyannote warns about clusters of one and about a number of speakers out of bounds
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

FOLDER = models_dir() / "demo" / "diarize"
CPU = Device(device_type="cpu", index=0, compute_type="int8", batch_size=8, threads=1, streams=1)


def _samples(file: Path) -> Samples:
    return read_pcm(file).astype(np.float32)


def _several_voices() -> Samples:
    """Return both voices of the call, higher and lower ones, some at once, and silence."""
    call = _samples(SUPPORT_CALL)[: 8 * SAMPLE_RATE_HZ]
    higher = np.interp(np.arange(0, len(call), 1.3), np.arange(len(call)), call)
    lower = np.interp(np.arange(0, len(call), 0.8), np.arange(len(call)), call)
    silence = np.zeros(6 * SAMPLE_RATE_HZ)
    mixed = lower.copy()
    mixed[: len(higher)] += higher
    parts = (call, higher, silence, lower, mixed)
    return np.concatenate(parts).astype(np.float32)


RECORDINGS = {
    "call": _samples(SUPPORT_CALL),
    "several voices": _several_voices(),
    "less than a chunk": _samples(SUPPORT_CALL)[: 2 * SAMPLE_RATE_HZ],
    "silence": np.zeros(8 * SAMPLE_RATE_HZ, np.float32),
}
BOUNDS = [(None, None, None), (1, None, None), (3, None, None), (None, 3, None), (None, None, 1)]


@pytest.fixture(scope="module")
def diarizer() -> PyannoteDiarizer:
    return PyannoteDiarizer(FOLDER, CPU, FairSemaphore())


@pytest.fixture(scope="module")
def whisperx() -> DiarizationPipeline:
    return DiarizationPipeline(model_name=str(FOLDER))


def _turns(diarizer: PyannoteDiarizer, samples: Samples, *bounds: int | None) -> list[Turn]:
    number, fewest, most = bounds or (None, None, None)
    return diarizer.turns(
        samples,
        num_speakers=number,
        min_speakers=fewest,
        max_speakers=most,
        on_progress=lambda _: None,
    )


def _turns_of_whisperx(pipeline: Any, samples: Samples, *bounds: int | None) -> list[Turn]:
    names = ("num_speakers", "min_speakers", "max_speakers")
    found = pipeline(samples, **dict(zip(names, bounds, strict=False)))
    return [
        Turn(start=round(row.start, 3), end=round(row.end, 3), speaker=row.speaker)
        for row in found.itertuples()
    ]


@pytest.mark.parametrize("bounds", BOUNDS)
@pytest.mark.parametrize("recording", RECORDINGS)
def test_turns_equal_those_of_whisperx(
    diarizer: PyannoteDiarizer,
    whisperx: DiarizationPipeline,
    recording: str,
    bounds: tuple[int | None, ...],
) -> None:
    samples = RECORDINGS[recording]
    expected = _turns_of_whisperx(whisperx, samples, *bounds)
    assert _turns(diarizer, samples, *bounds) == expected
    assert bool(expected) == (recording != "silence")


def _folder_with(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Return a copy of the demo's pipeline with another configuration."""
    copied = Path(shutil.copytree(FOLDER, folder / "diarizer"))
    config = yaml.safe_load((copied / "config.yaml").read_text())
    change(config)
    (copied / "config.yaml").write_text(yaml.safe_dump(config))
    return copied


def _as_community_1(config: dict[str, Any]) -> None:
    config["pipeline"]["params"]["clustering"] = "VBxClustering"
    config["params"]["clustering"] = {"threshold": 0.6, "Fa": 0.07, "Fb": 0.8}


def test_clustering_of_community_1_gives_the_turns_of_whisperx(tmp_path: Path) -> None:
    folder = _folder_with(tmp_path, _as_community_1)
    diarizer = PyannoteDiarizer(folder, CPU, FairSemaphore())
    whisperx = DiarizationPipeline(model_name=str(folder))
    for samples in (RECORDINGS["call"], RECORDINGS["several voices"]):
        assert _turns(diarizer, samples) == _turns_of_whisperx(whisperx, samples)


def test_other_pipelines_are_rejected(tmp_path: Path) -> None:
    def change(config: dict[str, Any]) -> None:
        config["pipeline"]["name"] = "pyannote.audio.pipelines.VoiceActivityDetection"
        config["pipeline"]["params"] = {"segmentation": "$model/segmentation"}
        del config["params"]

    with pytest.raises(EngineFailed, match="not pyannote's SpeakerDiarization pipeline"):
        load_pipeline(_folder_with(tmp_path, change), CPU)


def test_embedding_models_in_one_piece_are_rejected(tmp_path: Path) -> None:
    def change(config: dict[str, Any]) -> None:
        config["pipeline"]["params"]["embedding"] = "$model/segmentation"

    with pytest.raises(EngineFailed, match="lacks forward_frames or forward_embedding"):
        load_pipeline(_folder_with(tmp_path, change), CPU)


class _Stopped(Exception):
    """Raised by a progress callback."""


@pytest.mark.parametrize("after", [0.1, 0.6])
def test_progress_callback_stops_the_call(diarizer: PyannoteDiarizer, after: float) -> None:
    reported: list[float] = []

    def on_progress(done: float) -> None:
        reported.append(done)
        if done > after:
            raise _Stopped

    with pytest.raises(_Stopped):
        diarizer.turns(
            RECORDINGS["several voices"],
            num_speakers=None,
            min_speakers=None,
            max_speakers=None,
            on_progress=on_progress,
        )
    assert reported == sorted(reported)
    assert len([done for done in reported if done > after]) == 1
