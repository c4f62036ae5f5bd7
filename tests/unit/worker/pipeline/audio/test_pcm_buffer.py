"""Decoded samples, buffered in a file."""

import io
from pathlib import Path

import numpy as np
import pytest

from tests.support.recordings import wav
from whisperfarm_contract.problems import AudioTooLong, InvalidOption
from whisperfarm_worker.pipeline.audio.pcm_buffer import PcmBuffer


def _stream(samples: list[int], *, channels: int = 1) -> bytes:
    return wav(np.array(samples, dtype="<i2").tobytes(), channels=channels)


@pytest.mark.parametrize("piece_bytes", [1, 7, 1000])
def test_append_accepts_any_chunking(tmp_path: Path, piece_bytes: int) -> None:
    stream = _stream([0, 16384, -32768])
    path = tmp_path / "samples"
    with path.open("wb") as file:
        pcm = PcmBuffer(file=file, max_audio_s=10)
        for at in range(0, len(stream), piece_bytes):
            pcm.append(stream[at : at + piece_bytes])
        pcm.flush()
    assert pcm.to_waveform(path).samples.tolist() == [[0.0, 0.5, -1.0]]


def test_pcm_buffer_separates_channels(tmp_path: Path) -> None:
    path = tmp_path / "samples"
    with path.open("wb") as file:
        pcm = PcmBuffer(file=file, max_audio_s=10, downmix=False)
        pcm.append(_stream([0, 16384, 0, 16384], channels=2))
    waveform = pcm.to_waveform(path)
    assert waveform.samples.tolist() == [[0.0, 0.0], [0.5, 0.5]]
    assert (waveform.channels, waveform.seconds) == (2, 2 / 16_000)


def test_audio_past_the_limit_is_too_long() -> None:
    pcm = PcmBuffer(file=io.BytesIO(), max_audio_s=1.0)
    with pytest.raises(AudioTooLong, match="1 seconds"):
        pcm.append(_stream([0] * 16_001))


def test_channels_do_not_lengthen_the_audio() -> None:
    pcm = PcmBuffer(file=io.BytesIO(), max_audio_s=1.0)
    pcm.append(_stream([0] * 32_000, channels=2))
    assert pcm.seconds == 1.0


def test_too_many_channels_are_rejected_as_speakers() -> None:
    stream = _stream([0] * 17, channels=17)
    with pytest.raises(InvalidOption, match="17 channels"):
        PcmBuffer(file=io.BytesIO(), max_audio_s=1.0, downmix=False).append(stream)
    PcmBuffer(file=io.BytesIO(), max_audio_s=1.0).append(stream)


@pytest.mark.parametrize("piece_bytes", [1, 3, 1000])
def test_downmix_is_the_mean_of_all_channels(tmp_path: Path, piece_bytes: int) -> None:
    path, stream = tmp_path / "samples", _stream([0, 16384, 0, 16384, 16384, 16384], channels=2)
    with path.open("wb") as file:
        pcm = PcmBuffer(file=file, max_audio_s=10)
        for at in range(0, len(stream), piece_bytes):
            pcm.append(stream[at : at + piece_bytes])
        pcm.flush()
    assert pcm.to_waveform(path).samples.tolist() == [[0.25, 0.25, 0.5]]


def test_empty_stream_has_no_frames() -> None:
    pcm = PcmBuffer(file=io.BytesIO(), max_audio_s=1.0)
    pcm.append(_stream([]))
    assert (pcm.frames, pcm.seconds) == (0, 0.0)
