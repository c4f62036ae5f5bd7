"""Decoded sound on its way into a file."""

import io
from pathlib import Path

import numpy as np
import pytest

from tests.support.recordings import wav
from whisperfarm_contract.problems import AudioTooLong, OptionWrong
from whisperfarm_worker.pipeline.audio.pcm_buffer import Recording


def _stream(samples: list[int], *, channels: int = 1) -> bytes:
    return wav(np.array(samples, dtype="<i2").tobytes(), channels=channels)


@pytest.mark.parametrize("piece_bytes", [1, 7, 1000])
def test_samples_arrive_whatever_the_pieces(tmp_path: Path, piece_bytes: int) -> None:
    stream = _stream([0, 16384, -32768])
    path = tmp_path / "samples"
    with path.open("wb") as file:
        recording = Recording(file=file, longest_s=10)
        for at in range(0, len(stream), piece_bytes):
            recording.take(stream[at : at + piece_bytes])
    assert recording.sound(path).samples.tolist() == [[0.0, 0.5, -1.0]]


def test_channels_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "samples"
    with path.open("wb") as file:
        recording = Recording(file=file, longest_s=10, mix=False)
        recording.take(_stream([0, 16384, 0, 16384], channels=2))
    sound = recording.sound(path)
    assert sound.samples.tolist() == [[0.0, 0.0], [0.5, 0.5]]
    assert (sound.channels, sound.seconds) == (2, 2 / 16_000)


def test_a_recording_past_the_limit_is_too_long() -> None:
    recording = Recording(file=io.BytesIO(), longest_s=1.0)
    with pytest.raises(AudioTooLong, match="1 seconds"):
        recording.take(_stream([0] * 16_001))


def test_channels_do_not_count_against_the_length() -> None:
    recording = Recording(file=io.BytesIO(), longest_s=1.0)
    recording.take(_stream([0] * 32_000, channels=2))
    assert recording.seconds == 1.0


def test_too_many_channels_can_not_be_speakers() -> None:
    stream = _stream([0] * 17, channels=17)
    with pytest.raises(OptionWrong, match="17 channels"):
        Recording(file=io.BytesIO(), longest_s=1.0, mix=False).take(stream)
    Recording(file=io.BytesIO(), longest_s=1.0).take(stream)


@pytest.mark.parametrize("piece_bytes", [1, 3, 1000])
def test_a_mix_is_the_mean_of_all_channels(tmp_path: Path, piece_bytes: int) -> None:
    path, stream = tmp_path / "samples", _stream([0, 16384, 0, 16384, 16384, 16384], channels=2)
    with path.open("wb") as file:
        recording = Recording(file=file, longest_s=10)
        for at in range(0, len(stream), piece_bytes):
            recording.take(stream[at : at + piece_bytes])
    assert recording.sound(path).samples.tolist() == [[0.25, 0.25, 0.5]]


def test_a_stream_of_nothing_has_no_frames() -> None:
    recording = Recording(file=io.BytesIO(), longest_s=1.0)
    recording.take(_stream([]))
    assert (recording.frames, recording.seconds) == (0, 0.0)
