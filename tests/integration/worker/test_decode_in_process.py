"""The decode stage without a child process, with files that a header describes wrongly."""

import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.fake_engine import FakeEngine
from tests.support.recordings import wav
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import (
    AudioEmpty,
    AudioTooLong,
    AudioUnreadable,
    InvalidOption,
)
from whisperfarm_worker.attempt.monitor import AttemptMonitor, Cancelled, NullMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.decode import decode
from whisperfarm_worker.pipeline.state import PipelineState

Decode = Callable[..., PipelineState]


@pytest.fixture
def decoded(tmp_path: Path) -> Decode:
    """Return a function that decodes bytes where there is no ffmpeg; keywords are options."""
    folder = tmp_path / "attempt"
    folder.mkdir()

    def run(
        content: bytes,
        *,
        monitor: AttemptMonitor | None = None,
        max_audio_s: float = 20.0,
        **options: object,
    ) -> PipelineState:
        context = StageContext(
            engine=FakeEngine(),
            fetch=lambda _key, to: to,
            ffmpeg=str(tmp_path / "no-ffmpeg"),
            folder=folder,
            max_audio_s=max_audio_s,
        )
        file = tmp_path / "call.wav"
        file.write_bytes(content)
        given = Options(**options)  # type: ignore[arg-type]
        work = PipelineState(preset=Preset(name="p", asr="a"), options=given, file=file)
        return decode(work, context, monitor or NullMonitor())

    return run


def _made(
    samples: bytes, *, code: int = 1, bits: int = 16, rate_hz: int = 16_000, channels: int = 1
) -> bytes:
    """Return a WAV file with this header."""
    frame_bytes = channels * bits // 8 & 0xFFFF
    fields = struct.pack(
        "<HHIIHH", code, channels, rate_hz, rate_hz * frame_bytes % 2**32, frame_bytes, bits
    )
    chunks = b"fmt " + struct.pack("<I", 16) + fields + b"data" + struct.pack("<I", len(samples))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + len(samples)) + b"WAVE" + chunks + samples


def _floats(*samples: float, seconds: float = 1.0, rate_hz: int = 16_000) -> bytes:
    """Return a WAV file of silence that ends in these samples."""
    silence = np.zeros(round(seconds * rate_hz), dtype="<f4")
    return _made(
        np.append(silence, samples).astype("<f4").tobytes(), code=3, bits=32, rate_hz=rate_hz
    )


NOISE = np.random.default_rng(1).integers(-9000, 9000, 16_000).astype("<i2").tobytes()


def test_samples_of_16_bits_are_kept(decoded: Decode) -> None:
    samples = decoded(wav(NOISE)).waveform.samples
    assert np.array_equal(samples[0], np.frombuffer(NOISE, "<i2") / np.float32(32768))


def test_float_samples_keep_their_precision(decoded: Decode) -> None:
    assert decoded(_floats(0.5, 1e-7)).waveform.samples[0][-1] == np.float32(1e-7)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 48_000])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_samples_that_are_not_numbers_are_silent_with_a_warning(
    decoded: Decode, rate_hz: int, value: float
) -> None:
    work = decoded(_floats(*[value] * rate_hz, 0.5, 0.0, rate_hz=rate_hz))
    samples = work.waveform.samples[0]
    assert np.isfinite(samples).all()
    assert np.abs(samples[16_100:31_900]).max() < 0.01
    assert work.warnings == (
        "the file has samples that are not numbers (NaN or infinity), in sum 1.000 s of audio, the"
        " first at 1.0 s; they were replaced by silence; check the program that wrote the file",
    )


@pytest.mark.parametrize("rate_hz", [8_000, 16_000])
def test_samples_above_full_scale_are_clipped(decoded: Decode, rate_hz: int) -> None:
    work = decoded(_floats(*[3e38] * 800, *[-1.5] * 800, rate_hz=rate_hz))
    samples = work.waveform.samples[0]
    assert (samples.min(), samples.max()) == (-1.0, 32767 / 32768)
    assert work.warnings == ()


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("rest", [b"", b"\0"])
def test_stream_of_unknown_length_is_read_to_its_end(
    decoded: Decode, size: int, rest: bytes
) -> None:
    content = wav(NOISE)
    work = decoded(content[:40] + struct.pack("<I", size) + content[44:] + rest)
    assert (work.waveform.channels, work.waveform.seconds) == (1, 1.0)
    assert work.warnings == ()


@pytest.mark.parametrize("options", [{}, {"sample_rate": 16_000}])
def test_file_that_was_cut_gives_a_warning(decoded: Decode, options: dict[str, object]) -> None:
    work = decoded(wav(NOISE)[:16_045], **options)
    assert (work.waveform.channels, work.waveform.seconds) == (1, 0.5)
    assert work.warnings == (
        "the file is truncated: it has 0.5 s of audio, and 1.0 s according to its header",
    )


def test_chunks_after_the_samples_are_no_audio(decoded: Decode) -> None:
    work = decoded(wav(NOISE) + b"LIST" + struct.pack("<I", 2000) + b"x" * 2000)
    assert (work.waveform.channels, work.waveform.seconds) == (1, 1.0)


def test_file_without_samples_is_empty(decoded: Decode) -> None:
    for content in (wav(b""), wav(b"\0")):
        with pytest.raises(AudioEmpty):
            decoded(content)


@pytest.mark.parametrize("rate_hz", [0, 1, 999, 4_000_000_000, 0xFFFFFFFF])
def test_rate_that_no_recording_has_is_a_problem(decoded: Decode, rate_hz: int) -> None:
    content = _made(NOISE, rate_hz=rate_hz)
    with pytest.raises(AudioUnreadable, match=f"sample rate of {rate_hz} Hz.*set sample_rate"):
        decoded(content)
    assert decoded(content, sample_rate=16_000).waveform.seconds == 1.0


def test_file_of_no_channels_is_a_problem(decoded: Decode) -> None:
    with pytest.raises(AudioUnreadable, match="0 channels"):
        decoded(_made(NOISE, channels=0))


def test_audio_of_many_channels_is_mixed(decoded: Decode) -> None:
    for rate_hz in (8_000, 16_000):
        content = _made(NOISE, channels=64, rate_hz=rate_hz)
        assert decoded(content).waveform.seconds == pytest.approx(250 / rate_hz, abs=0.001)
        with pytest.raises(InvalidOption, match="64 channels"):
            decoded(content, channels="speakers")


def test_audio_past_the_limit_is_too_long(decoded: Decode) -> None:
    with pytest.raises(AudioTooLong, match="20 seconds"):
        decoded(wav(NOISE * 21))
    with pytest.raises(AudioTooLong):
        decoded(bytes(8_000 * 21), encoding="alaw", sample_rate=8_000)


def test_monitor_stops_decoding(decoded: Decode) -> None:
    class Stopped(NullMonitor):
        calls = 0

        def report_progress(self, stage: str, fraction: float) -> None:
            self.calls += 1
            if self.calls == 3:
                raise Cancelled

    with pytest.raises(Cancelled):
        decoded(wav(NOISE * 10), monitor=Stopped())


@pytest.mark.parametrize("channels", ["mix", "speakers"])
def test_memory_does_not_grow_with_the_audio(decoded: Decode, channels: str) -> None:
    content = _made(NOISE * 240, channels=2, rate_hz=8_000)  # 240 s
    decoded(wav(NOISE), channels=channels)  # imports
    tracemalloc.start()
    try:
        decoded(content, max_audio_s=1000.0, channels=channels)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 2_000_000
