"""Decoded samples, buffered in files."""

from contextlib import closing, nullcontext
from pathlib import Path

import numpy as np
import pytest

from tests.support.pcm import pcm_buffer
from tests.support.recordings import wav
from whisperfarm_contract.problems import AudioTooLong, InvalidOption, ScratchFull
from whisperfarm_worker.pipeline.audio.channel_seconds import ChannelSeconds
from whisperfarm_worker.pipeline.audio.pcm_buffer import PcmBuffer
from whisperfarm_worker.pipeline.audio.wav_stream import WavStream
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Waveform


def _stream(samples: list[int], *, channels: int = 1) -> bytes:
    return wav(np.array(samples, dtype="<i2").tobytes(), channels=channels)


def _waveform(pcm: PcmBuffer, stream: bytes, *, piece_bytes: int = 1 << 20) -> Waveform:
    with closing(pcm):
        wav_stream = WavStream(pcm=pcm)
        for at in range(0, len(stream), piece_bytes):
            wav_stream.append(stream[at : at + piece_bytes])
        pcm.flush()
    return pcm.to_waveform()


def _lists(waveform: Waveform) -> list[list[float]]:
    return [channel.tolist() for channel in waveform.samples]


@pytest.mark.parametrize("piece_bytes", [1, 7, 1000])
def test_append_accepts_any_chunking(tmp_path: Path, piece_bytes: int) -> None:
    waveform = _waveform(pcm_buffer(tmp_path), _stream([0, 16384, -32768]), piece_bytes=piece_bytes)
    assert _lists(waveform) == [[0.0, 0.5, -1.0]]


def test_pcm_buffer_separates_channels(tmp_path: Path) -> None:
    stream = _stream([0, 16384, 8192, 16384, 0, 0], channels=2)
    waveform = _waveform(pcm_buffer(tmp_path, downmix=False), stream)
    assert _lists(waveform) == [[0.0, 0.25, 0.0], [0.5, 0.5, 0.0]]
    assert (waveform.channels, waveform.seconds) == (2, 3 / SAMPLE_RATE_HZ)


def test_audio_past_the_limit_is_too_long(tmp_path: Path) -> None:
    with (
        closing(pcm_buffer(tmp_path, max_audio_s=1.0)) as pcm,
        pytest.raises(AudioTooLong, match="1 seconds"),
    ):
        WavStream(pcm=pcm).append(_stream([0] * 16_001))


def test_channels_do_not_lengthen_the_audio(tmp_path: Path) -> None:
    with closing(pcm_buffer(tmp_path, max_audio_s=1.0)) as pcm:
        WavStream(pcm=pcm).append(_stream([0] * 32_000, channels=2))
        assert pcm.seconds == 1.0


@pytest.mark.parametrize(("channels", "downmix"), [(4, True), (2, False)])
def test_channels_within_the_limit_together_are_accepted(
    tmp_path: Path, channels: int, *, downmix: bool
) -> None:
    stream = _stream([0] * 16_000 * channels, channels=channels)
    with closing(pcm_buffer(tmp_path, max_channel_s=2.0, downmix=downmix)) as pcm:
        WavStream(pcm=pcm).append(stream)


def test_channels_too_long_together_are_rejected(tmp_path: Path) -> None:
    stream = _stream([0] * 16_000 * 4, channels=4)
    with (
        closing(pcm_buffer(tmp_path, max_channel_s=3.9, downmix=False)) as pcm,
        pytest.raises(AudioTooLong, match=r"4 channels .* channels=mix"),
    ):
        WavStream(pcm=pcm).append(stream)


def test_tracks_share_the_limit(tmp_path: Path) -> None:
    budget = ChannelSeconds(2.5)
    for track in range(3):
        pcm = pcm_buffer(tmp_path / str(track), channel_seconds=budget)
        (tmp_path / str(track)).mkdir()
        expected = pytest.raises(AudioTooLong, match=r"first 3 audio tracks .* track")
        with closing(pcm), expected if track == 2 else nullcontext():
            WavStream(pcm=pcm).append(_stream([0] * 16_000))


def test_too_many_channels_are_rejected_as_speakers(tmp_path: Path) -> None:
    stream = _stream([0] * 17, channels=17)
    with pytest.raises(InvalidOption, match="17 channels"):
        WavStream(pcm=pcm_buffer(tmp_path, downmix=False)).append(stream)
    with closing(pcm_buffer(tmp_path)) as pcm:
        WavStream(pcm=pcm).append(stream)


@pytest.mark.parametrize("piece_bytes", [1, 3, 1000])
def test_downmix_is_the_mean_of_all_channels(tmp_path: Path, piece_bytes: int) -> None:
    stream = _stream([0, 16384, 0, 16384, 16384, 16384], channels=2)
    waveform = _waveform(pcm_buffer(tmp_path), stream, piece_bytes=piece_bytes)
    assert _lists(waveform) == [[0.25, 0.25, 0.5]]


def test_empty_stream_has_no_frames(tmp_path: Path) -> None:
    with closing(pcm_buffer(tmp_path)) as pcm:
        WavStream(pcm=pcm).append(_stream([]))
        assert (pcm.frames, pcm.seconds) == (0, 0.0)


IDLE = {"digital": [0], "dither": [-1, 0, 1], "A-law": [-8, 8], "offset": [500]}


@pytest.mark.parametrize("idle", IDLE.values(), ids=IDLE)
def test_silent_channels_take_no_space(tmp_path: Path, idle: list[int]) -> None:
    frames = np.zeros((3000, 3), dtype="<i2")
    frames[:, [0, 2]] = np.resize(idle, 3000)[:, None]
    frames[1500, 1] = 100
    stream = wav(frames.tobytes(), channels=3)
    waveform = _waveform(pcm_buffer(tmp_path, downmix=False), stream, piece_bytes=1000)
    assert (waveform.silent, waveform.audible) == ({0, 2}, [1])
    assert len(list(tmp_path.iterdir())) == 1
    assert [len(channel) for channel in waveform.samples] == [3000] * 3
    assert not waveform.samples[0].any()
    assert waveform.samples[1][1500] == np.float32(100 / 32768)


def test_faint_sound_is_not_silent(tmp_path: Path) -> None:
    waveform = _waveform(pcm_buffer(tmp_path), _stream([0, 0, 17, 0]))
    assert waveform.silent == frozenset()


def test_digital_silence_takes_no_space_while_it_is_decoded(tmp_path: Path) -> None:
    pcm = pcm_buffer(tmp_path, max_audio_s=1000, max_channel_s=1000, downmix=False)
    with closing(pcm):
        WavStream(pcm=pcm).append(wav(seconds=60, channels=8))
        pcm.flush()
    assert sum(path.stat().st_blocks for path in tmp_path.iterdir()) == 0


def test_decoding_stops_before_it_uses_the_reserve(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(-9999, 9999, 3 << 20, dtype="<i2").tobytes()
    with (
        closing(
            pcm_buffer(tmp_path, max_audio_s=1000, max_channel_s=1000, reserve_bytes=1 << 60)
        ) as pcm,
        pytest.raises(ScratchFull, match="WHISPERFARM_SCRATCH_RESERVE_BYTES"),
    ):
        WavStream(pcm=pcm).append(wav(noise))
