"""The header of redacted recordings."""

import io
import wave

import pytest

from whisperfarm_worker.pipeline.audio.wav import read_header
from whisperfarm_worker.redaction.wav_header import wav_header


def test_header_is_that_of_the_standard_library() -> None:
    samples = bytes(range(12))
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((2, 2, 16_000, 0, "NONE", ""))
        writer.writeframes(samples)
    assert wav_header(3, channels=2, rate_hz=16_000) + samples == file.getvalue()


@pytest.mark.parametrize(
    ("frames", "name"),
    [
        (1 << 29, b"RIFF"),
        ((0xFFFF_FFFF - 37) // 2, b"RIFF"),
        (1 << 31, b"RF64"),
        (1 << 40, b"RF64"),
    ],
)
def test_file_of_4_gib_states_its_length_as_rf64(frames: int, name: bytes) -> None:
    assert wav_header(frames, channels=1, rate_hz=16_000)[:4] == name


@pytest.mark.parametrize("frames", [1 << 29, 1 << 31, 1 << 40])
def test_reader_of_recordings_finds_the_length(frames: int) -> None:
    found = read_header(io.BytesIO(wav_header(frames, channels=1, rate_hz=16_000)))
    assert found is not None
    assert found.data_bytes == 2 * frames
