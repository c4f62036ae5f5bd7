"""The WAV stream of ffmpeg."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.support.pcm import pcm_buffer
from tests.support.recordings import wav
from whisperfarm_worker.pipeline.audio.wav_stream import WavStream


@pytest.mark.parametrize("piece_bytes", [1, 7, 1000])
@pytest.mark.parametrize("channels", [1, 3])
def test_append_accepts_any_chunking(tmp_path: Path, piece_bytes: int, channels: int) -> None:
    samples = np.array([0, 16384, -32768, 8192] * channels, dtype="<i2")
    stream = wav(samples.tobytes(), channels=channels)
    with closing(pcm_buffer(tmp_path, downmix=False)) as pcm:
        parser = WavStream(pcm=pcm)
        for at in range(0, len(stream), piece_bytes):
            parser.append(stream[at : at + piece_bytes])
        pcm.flush()
    expected = samples.reshape(-1, channels).T / 32768
    assert np.array_equal(pcm.to_waveform().samples, expected)


def test_stream_without_samples_has_no_frames(tmp_path: Path) -> None:
    with closing(pcm_buffer(tmp_path)) as pcm:
        WavStream(pcm=pcm).append(wav(b""))
    assert (pcm.frames, pcm.seconds) == (0, 0.0)
