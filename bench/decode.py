"""Measures the decoding of a call of 30 seconds, compared with ffmpeg as WhisperX runs it."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np

from bench.figure import Figure, markdown
from tests.support.fake_engine import FakeEngine
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import get_preset
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.pipeline.audio.ffmpeg import find_ffmpeg
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.decode import decode
from whisperfarm_worker.pipeline.state import PipelineState

TRIALS = 30
SECONDS = 30

CALLS = {
    "mu-law WAV, 8 kHz": ("-ar", "8000", "-ac", "1", "-c:a", "pcm_mulaw"),
    "A-law WAV, 8 kHz": ("-ar", "8000", "-ac", "1", "-c:a", "pcm_alaw"),
    "PCM WAV, 8 kHz": ("-ar", "8000", "-ac", "1", "-c:a", "pcm_s16le"),
    "float WAV, 8 kHz": ("-ar", "8000", "-ac", "1", "-c:a", "pcm_f32le"),
    "PCM WAV, 16 kHz": ("-ar", "16000", "-ac", "1", "-c:a", "pcm_s16le"),
    "PCM WAV, 44.1 kHz": ("-ar", "44100", "-ac", "1", "-c:a", "pcm_s16le"),
    "stereo mu-law WAV, 8 kHz": ("-ar", "8000", "-ac", "2", "-c:a", "pcm_mulaw"),
}
"""Arguments of ffmpeg by kind of recording; the channels of the last one are mixed."""


def measure() -> Iterator[Figure]:
    """Measure the decode stage and ffmpeg in turns, so that both see the same load."""
    with tempfile.TemporaryDirectory(prefix="whisperfarm-decode-") as folder:
        for number, (kind, arguments) in enumerate(CALLS.items()):
            call = Path(folder) / f"{number}.wav"
            _make(call, arguments)
            pairs = [(_ms(_stage, call), _ms(_alone, call)) for _ in range(TRIALS)]
            ours, theirs = (median(times) for times in zip(*pairs, strict=True))
            yield Figure(
                what=f"decode of a call of {SECONDS} s, {kind}, median of {TRIALS}",
                value=ours, unit="ms", baseline="ffmpeg alone", baseline_value=theirs,
            )  # fmt: skip


def _make(call: Path, arguments: tuple[str, ...]) -> None:
    source = ("-f", "lavfi", "-i", f"anoisesrc=d={SECONDS}:a=0.3:r=16000:c=pink")
    command = [find_ffmpeg(None), "-v", "error", *source, *arguments, str(call)]
    subprocess.run(command, check=True)


def _ms(decode_call: Callable[[Path, Path], None], call: Path) -> float:
    """Return the milliseconds of one decoding, with an empty scratch folder as in an attempt."""
    with tempfile.TemporaryDirectory(dir=call.parent) as scratch:
        began = time.perf_counter()
        decode_call(call, Path(scratch))
        return (time.perf_counter() - began) * 1000


def _stage(call: Path, scratch: Path) -> None:
    context = StageContext(
        engine=FakeEngine(),
        fetch=lambda _key, to: to,
        ffmpeg="no-ffmpeg",
        folder=scratch,
        max_audio_s=3600.0,
    )
    decode(
        PipelineState(preset=get_preset("demo"), options=Options(), file=call),
        context,
        NullMonitor(),
    )


def _alone(call: Path, _scratch: Path) -> None:
    output = ("-f", "s16le", "-ac", "1", "-c:a", "pcm_s16le", "-ar", "16000", "-")
    command = [find_ffmpeg(None), "-nostdin", "-threads", "0", "-i", str(call), *output]
    decoded = subprocess.run(command, capture_output=True, check=True).stdout
    np.frombuffer(decoded, np.int16).flatten().astype(np.float32) / 32768.0


if __name__ == "__main__":
    print(markdown(measure()))
