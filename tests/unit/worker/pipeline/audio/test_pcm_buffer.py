"""Decoded samples, buffered in a file."""

import io
from pathlib import Path

import numpy as np
import pytest

from whisperfarm_contract.problems import AudioTooLong, InvalidOption
from whisperfarm_worker.pipeline.audio.downmix import Frames
from whisperfarm_worker.pipeline.audio.pcm_buffer import PcmBuffer


def _frames(samples: list[float], *, channels: int = 1) -> Frames:
    return np.array(samples, dtype=np.float32).reshape(-1, channels)


def test_pcm_buffer_separates_channels(tmp_path: Path) -> None:
    path = tmp_path / "samples"
    with path.open("wb") as file:
        pcm = PcmBuffer(file=file, max_audio_s=10, downmix=False)
        pcm.begin(2)
        pcm.append(_frames([0, 0.5, 0, 0.5], channels=2))
    waveform = pcm.to_waveform(path)
    assert waveform.samples.tolist() == [[0.0, 0.0], [0.5, 0.5]]
    assert (waveform.channels, waveform.seconds) == (2, 2 / 16_000)


def test_audio_past_the_limit_is_too_long() -> None:
    pcm = PcmBuffer(file=io.BytesIO(), max_audio_s=1.0)
    pcm.begin(1)
    with pytest.raises(AudioTooLong, match="1 seconds"):
        pcm.append(_frames([0] * 16_001))


def test_channels_do_not_lengthen_the_audio() -> None:
    pcm = PcmBuffer(file=io.BytesIO(), max_audio_s=1.0)
    pcm.begin(2)
    pcm.append(_frames([0] * 32_000, channels=2))
    assert pcm.seconds == 1.0


def test_too_many_channels_are_rejected_as_speakers() -> None:
    with pytest.raises(InvalidOption, match="17 channels"):
        PcmBuffer(file=io.BytesIO(), max_audio_s=1.0, downmix=False).begin(17)
    PcmBuffer(file=io.BytesIO(), max_audio_s=1.0).begin(17)


@pytest.mark.parametrize("piece", [1, 3, 1000])
@pytest.mark.parametrize("channels", [1, 2])
def test_downmix_is_the_mean_of_all_channels(tmp_path: Path, piece: int, channels: int) -> None:
    path = tmp_path / "samples"
    frames = _frames([0, 0.5, 0, 0.5, 0.5, 0.5], channels=channels)
    with path.open("wb") as file:
        pcm = PcmBuffer(file=file, max_audio_s=10)
        pcm.begin(channels)
        for at in range(0, len(frames), piece):
            pcm.append(frames[at : at + piece])
        pcm.flush()
    assert pcm.to_waveform(path).samples.tolist() == [frames.mean(axis=1).tolist()]
