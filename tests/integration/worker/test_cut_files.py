"""The decode stage warns with both lengths if a file is shorter than its header states."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.fake_engine import FakeEngine
from tests.support.recordings import ffmpeg_path
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.pipeline.audio.ffmpeg import find_ffmpeg
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.decode import decode
from whisperfarm_worker.pipeline.state import PipelineState

pytestmark = pytest.mark.slow

SECONDS = 6.0
PICTURE = ("-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=8", "-map", "0", "-map", "1")
BROADCAST = (
    "-f", "lavfi", "-i", "testsrc=s=720x576:r=25:d=6", "-map", "1", "-map", "0",
    "-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-ar", "48000",
)  # fmt: skip
"""A picture as long as the sound; that of `PICTURE` is longer."""

FILES: dict[str, tuple[str, ...]] = {
    "pcm.wav": (),
    "adpcm.wav": ("-c:a", "adpcm_ms"),
    "rf64.wav": ("-rf64", "always"),
    "pcm.caf": (),
    "qt.caf": ("-c:a", "adpcm_ima_qt"),
    "pcm.w64": (),
    "pcm.au": (),
    "pcm.aiff": (),
    "pcm.sox": (),
    "call.wv": (),
    "call.tta": (),
    "call.rm": ("-c:a", "real_144", "-ar", "8000"),
    "picture.avi": (*PICTURE, "-c:v", "mpeg4", "-c:a", "mp2"),
    "picture.flv": (*PICTURE, "-c:v", "flv1", "-ar", "22050", "-c:a", "pcm_s16le"),
    "picture.wmv": (*PICTURE, "-c:v", "wmv2", "-c:a", "wmav2"),
    "call.mxf": BROADCAST,
    "call.gxf": BROADCAST,
}

STATED_S = {"picture.flv": 8.0, "picture.wmv": 8.0}
"""Lengths of headers that state one for the whole file."""

Warnings = Callable[..., tuple[float, tuple[str, ...]]]


@pytest.fixture
def warnings_of(tmp_path: Path) -> Warnings:
    """Return a function that makes a file, keeps a fraction of it and decodes that. It returns
    the decoded seconds and the warnings."""

    def run(name: str, *, kept: float = 1.0) -> tuple[float, tuple[str, ...]]:
        path = tmp_path / name
        tone = ("-f", "lavfi", "-i", f"sine=440:r=16000:d={SECONDS}")
        command = [ffmpeg_path(), "-v", "error", "-y", *tone, *FILES.get(name, ()), str(path)]
        subprocess.run(command, check=True, timeout=60)
        content = path.read_bytes()
        path.write_bytes(content[: round(kept * len(content))])
        context = StageContext(
            engine=FakeEngine(),
            fetch=lambda _key, to: to,
            ffmpeg=find_ffmpeg(None),
            folder=tmp_path,
            max_audio_s=60.0,
        )
        state = PipelineState(preset=Preset(name="p", asr="a"), options=Options(), file=path)
        decoded = decode(state, context, NullMonitor())
        return decoded.waveform.seconds, decoded.warnings

    return run


@pytest.mark.parametrize("name", FILES)
def test_cut_file_gives_a_warning_with_both_lengths(warnings_of: Warnings, name: str) -> None:
    assert warnings_of(name)[1] == ()
    decoded_s, warnings = warnings_of(name, kept=0.8)
    [found_s, stated_s] = [float(word) for word in warnings[0].split() if word[0].isdigit()]
    assert "truncated" in warnings[0]
    assert found_s == pytest.approx(decoded_s, abs=0.1)
    assert stated_s == pytest.approx(STATED_S.get(name, SECONDS), abs=0.3)


def test_cut_voc_file_gives_a_warning_with_its_length(warnings_of: Warnings) -> None:
    assert warnings_of("call.voc")[1] == ()
    decoded_s, warnings = warnings_of("call.voc", kept=0.6)
    assert f"ends after {decoded_s:.1f} s of audio without the mark of its end" in warnings[0]
