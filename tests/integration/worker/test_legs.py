"""Several recordings of one call, from the stored blob to channels on one time line."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.fake_engine import FakeEngine
from tests.support.recordings import ffmpeg_path, wav
from whisperfarm_contract import leg_container
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import PRESETS
from whisperfarm_contract.problems import AudioEmpty, AudioTooLong, AudioUnreadable
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.decode import decode
from whisperfarm_worker.pipeline.stages.fetch import fetch
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, PipelineState, TimeSpan


@pytest.fixture
def context(tmp_path: Path) -> StageContext:
    """Return a stage context with a limit of 20 seconds, whose blob is `tmp_path/blob`."""
    folder = tmp_path / "attempt"
    folder.mkdir()

    def copied(_key: str, to: Path) -> Path:
        to.write_bytes((tmp_path / "blob").read_bytes())
        return to

    return StageContext(
        engine=FakeEngine(), fetch=copied, ffmpeg=ffmpeg_path(), folder=folder, max_audio_s=20.0
    )


Decoded = Callable[..., PipelineState]


@pytest.fixture
def decoded(context: StageContext, tmp_path: Path) -> Decoded:
    """Return a function that stores legs, fetches and decodes them; keywords are options."""

    def run(*legs: bytes, **options: str) -> PipelineState:
        container = b"".join(legs) + leg_container.index(list(map(len, legs)))
        (tmp_path / "blob").write_bytes(container)
        state = PipelineState(preset=PRESETS["demo"], options=Options(**options))  # type: ignore[arg-type]
        monitor = NullMonitor()
        return decode(fetch(state, context, monitor), context, monitor)

    return run


def sound(*amplitudes: float, rate_hz: int = 16_000, seconds: float = 1.0) -> bytes:
    """Return a WAV file with a tone of 440 Hz in each channel."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    tone = np.sin(2 * np.pi * 440 * times)
    frames = np.stack([amplitude * 30_000 * tone for amplitude in amplitudes], axis=1)
    content = frames.astype("<i2").tobytes()
    return wav(content, rate_hz=rate_hz, channels=len(amplitudes))


def heard(state: PipelineState, channel: int) -> tuple[float, float]:
    """Return the first and the last second with sound in a channel."""
    loud = np.flatnonzero(np.abs(state.waveform.samples[channel]) > 0.01)
    return round(loud[0] / SAMPLE_RATE_HZ, 1), round(loud[-1] / SAMPLE_RATE_HZ, 1)


def test_each_leg_is_a_channel_at_its_offset(decoded: Decoded, context: StageContext) -> None:
    state = decoded(
        sound(1.0, seconds=3),
        sound(1.0, 0.5, rate_hz=8000),
        sound(0.5, rate_hz=44_100),
        leg_offset_s="0,5,1.5",
        leg_name="agent,,guest",
    )
    assert [heard(state, channel) for channel in range(3)] == [(0.0, 3.0), (5.0, 6.0), (1.5, 2.5)]
    assert (state.waveform.seconds, state.waveform.silent) == (6.0, frozenset())
    assert {len(samples) for samples in state.waveform.samples} == {6 * SAMPLE_RATE_HZ}
    assert state.holes == (TimeSpan(3.0, 5.0),)
    assert state.warnings == ("no leg has audio for 2.0 s (3.0 to 5.0 s); see coverage.gaps",)
    assert state.provenance["legs"] == [
        {"offset_s": 0.0, "audio_s": 3.0},
        {"offset_s": 5.0, "audio_s": 1.0},
        {"offset_s": 1.5, "audio_s": 1.0},
    ]
    assert [(one.start, one.end) for one in state.waveform.spans] == [(0, 3), (5, 6), (1.5, 2.5)]
    assert not (context.folder / "recording").exists()


def test_warnings_name_the_leg(decoded: Decoded) -> None:
    truncated = sound(1.0, seconds=4)[:64_000]
    state = decoded(
        wav(seconds=4),
        truncated,
        sound(1.0, -1.0),
        leg_offset_s="0,1,2",
        leg_name=",customer,",
    )
    assert state.warnings[0].startswith("leg 1 (customer): the file is truncated: it has 2.0 s")
    assert state.warnings[1].startswith("leg 2: channels cancel each other")
    assert state.warnings[2].startswith("leg 0 is silent from start to end")
    assert state.waveform.silent == {0}


@pytest.mark.parametrize(
    ("second", "problem", "detail"),
    [
        (b"this is not audio\n" * 99, AudioUnreadable, "leg 1 .b.: the file's first bytes"),
        (sound(1.0)[:44], AudioEmpty, "leg 1 .b.: the audio is empty"),
        (sound(1.0, seconds=19), AudioTooLong, "leg 1 .b.: it ends at 21 seconds"),
    ],
)
def test_problem_names_the_leg(
    decoded: Decoded, second: bytes, problem: type[Exception], detail: str
) -> None:
    with pytest.raises(problem, match=detail):
        decoded(sound(1.0), second, leg_offset_s="0,2", leg_name="a,b")


def test_legs_too_long_together_are_rejected(
    decoded: Decoded, context: StageContext, tmp_path: Path
) -> None:
    state = decoded(sound(1.0), sound(1.0), leg_offset_s="0,9")
    again = replace(context, max_channel_s=19.0, folder=tmp_path)
    with pytest.raises(AudioTooLong, match="2 legs and 10 seconds"):
        decode(state, again, NullMonitor())


def test_blob_without_legs_is_rejected(context: StageContext) -> None:
    (context.folder.parent / "blob").write_bytes(sound(1.0))
    state = PipelineState(preset=PRESETS["demo"], options=Options(leg_offset_s="0,1"))
    with pytest.raises(AudioUnreadable, match="not a container of legs"):
        fetch(state, context, NullMonitor())
