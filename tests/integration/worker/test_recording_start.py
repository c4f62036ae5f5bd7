"""The time code at which a recording starts, in files of ffmpeg and in hostile ones."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.fake_engine import FakeEngine
from tests.support.recordings import ffmpeg_path
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Recording
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.pipeline.audio.ffmpeg import _bundled
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.decode import decode
from whisperfarm_worker.pipeline.stages.render import render
from whisperfarm_worker.pipeline.state import PipelineState

TONE = ("-f", "lavfi", "-i", "sine=d=0.5:r=48000")
TEN_HOURS = Recording(
    start_s=36_000.0, start_timecode="10:00:00:00", frame_rate="25", drop_frame=False
)
CODECS = {"mov": "mpeg4", "mp4": "mpeg4", "mxf": "mpeg2video", "mkv": "mpeg4"}


@pytest.fixture(params=[shutil.which("ffmpeg"), _bundled()], ids=["on the PATH", "bundled"])
def context(request: pytest.FixtureRequest, tmp_path: Path) -> StageContext:
    """Return a context with each ffmpeg that an operator may have."""
    if request.param is None:
        pytest.skip("this ffmpeg is not installed")
    return StageContext(
        engine=FakeEngine(),
        fetch=lambda _key, to: to,
        ffmpeg=request.param,
        folder=tmp_path,
        max_audio_s=20.0,
    )


def _make(file: Path, *args: str) -> Path:
    subprocess.run([ffmpeg_path(), "-v", "error", *args, str(file)], check=True, timeout=60)
    return file


def _video(file: Path, timecode: str, *, rate: str = "25") -> Path:
    is_tag = file.suffix == ".mkv"
    return _make(
        file,
        *("-f", "lavfi", "-i", f"color=s=64x64:d=0.5:r={rate}", *TONE),
        *("-c:v", CODECS[file.suffix[1:]]),
        *("-c:a", "pcm_s16le" if file.suffix == ".mxf" else "aac"),
        *(("-metadata", f"timecode={timecode}") if is_tag else ("-timecode", timecode)),
    )


def _broadcast_wave(file: Path, time_reference: int, *args: str) -> Path:
    reference = ("-metadata", f"time_reference={time_reference}")
    return _make(file, *TONE, *args, "-write_bext", "1", *reference)


def _decoded(file: Path, context: StageContext, **options: object) -> PipelineState:
    given = Options(**options)  # type: ignore[arg-type]
    state = PipelineState(preset=Preset(name="p", asr="a"), options=given, file=file)
    return decode(state, context, NullMonitor())


@pytest.mark.parametrize("extension", CODECS)
def test_time_code_of_pictures(extension: str, context: StageContext, tmp_path: Path) -> None:
    file = _video(tmp_path / f"a.{extension}", "10:00:00:00")
    assert _decoded(file, context).recording == TEN_HOURS


def test_drop_frame_time_code(context: StageContext, tmp_path: Path) -> None:
    file = _video(tmp_path / "a.mov", "10:00:00;00", rate="30000/1001")
    assert _decoded(file, context).recording == Recording(
        start_s=35_999.964, start_timecode="10:00:00;00", frame_rate="30000/1001", drop_frame=True
    )


@pytest.mark.parametrize("codec", ["pcm_s16le", "adpcm_ms"], ids=["in process", "by ffmpeg"])
def test_time_reference_of_broadcast_wave(
    codec: str, context: StageContext, tmp_path: Path
) -> None:
    file = _broadcast_wave(tmp_path / "a.wav", 36_061 * 48_000 + 24_000, "-c:a", codec)
    start = Recording(start_s=36_061.5, start_timecode="10:01:01")
    assert _decoded(file, context).recording == start


def test_a_corrected_sample_rate_holds_for_the_time_reference(
    context: StageContext, tmp_path: Path
) -> None:
    file = _broadcast_wave(tmp_path / "a.wav", 36_000 * 24_000)
    state = _decoded(file, context, sample_rate=24_000)
    assert state.recording == Recording(start_s=36_000.0, start_timecode="10:00:00")


def test_a_time_reference_later_than_a_day_is_ignored(
    context: StageContext, tmp_path: Path
) -> None:
    state = _decoded(_broadcast_wave(tmp_path / "a.wav", 86_400 * 48_000), context)
    assert state.recording is None
    assert "the start time code was ignored: the time reference" in state.warnings[0]


@pytest.mark.parametrize("label", ["-1:00:00:00", "99:99:99:99", "10:00:00:00 <b>", "1" * 5000])
def test_an_invalid_time_code_is_ignored(label: str, context: StageContext, tmp_path: Path) -> None:
    state = _decoded(_video(tmp_path / "a.mkv", label), context)
    assert state.recording is None
    assert state.warnings == (
        "the start time code was ignored: it is not valid at 25 frames per second",
    )


def test_a_time_code_without_pictures_is_ignored(context: StageContext, tmp_path: Path) -> None:
    tag = ("-metadata", "timecode=10:00:00:00")
    state = _decoded(_make(tmp_path / "a.mka", *TONE, *tag), context)
    assert state.recording is None
    assert "does not state a frame rate" in state.warnings[0]


def test_a_recording_without_a_time_code_has_none(context: StageContext, tmp_path: Path) -> None:
    state = _decoded(_make(tmp_path / "a.wav", *TONE), context)
    assert (state.recording, state.warnings) == (None, ())


def test_the_transcript_has_the_start(context: StageContext, tmp_path: Path) -> None:
    state = _decoded(_broadcast_wave(tmp_path / "a.wav", 36_000 * 48_000), context)
    transcript = render(state, context, NullMonitor()).transcript
    assert transcript is not None
    assert transcript.to_wire()["recording"] == {"start_s": 36_000.0, "start_timecode": "10:00:00"}
