"""Uncompressed audio is decoded in process, with the samples and the limits of ffmpeg."""

import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.pcm import pcm_buffer
from tests.support.recordings import ffmpeg_path, wav
from whisperfarm_contract.media import recognize
from whisperfarm_worker.pipeline.audio import pcm_header
from whisperfarm_worker.pipeline.audio.decoder import Decoder
from whisperfarm_worker.pipeline.audio.ffmpeg import Input, find_ffmpeg
from whisperfarm_worker.pipeline.audio.ffmpeg_decoder import FfmpegDecoder
from whisperfarm_worker.pipeline.audio.pcm_decoder import PcmDecoder

Channels = NDArray[np.float32]
"""Samples of shape (channels, samples)."""

ROUNDING = 1 / 32768
"""ffmpeg rounds to 16 bits, and cuts off longer samples."""

FILTERS = 0.002
"""Both resamplers are near the ideal one below 0.9 of the lower rate's limit."""


def _input(path: Path, **options: object) -> Input:
    if "encoding" in options:
        return Input(path=path, **options)  # type: ignore[arg-type]
    with path.open("rb") as file:
        found = recognize(file)
    assert found is not None
    return Input(path=path, container=found.container, offset=found.offset, **options)  # type: ignore[arg-type]


def _samples(decoder: Decoder, path: Path) -> Channels:
    path.mkdir(exist_ok=True)
    with closing(pcm_buffer(path, max_audio_s=60.0, max_channel_s=960.0, downmix=False)) as pcm:
        decoder.decode(pcm)
    return np.stack(pcm.to_waveform().samples)


def _in_process(source: Input) -> Channels:
    header = pcm_header.find(source)
    assert header is not None
    decoder = PcmDecoder(source=source, header=header, on_poll=lambda: None)
    return _samples(decoder, source.path.with_suffix(".pcm"))


def _by_ffmpeg(source: Input) -> Channels:
    decoder = FfmpegDecoder(
        source=source,
        ffmpeg=find_ffmpeg(None),
        max_audio_s=60.0,
        on_poll=lambda: None,
        scratch=source.path.with_suffix(".frames"),
    )
    return _samples(decoder, source.path.with_suffix(".ffmpeg"))


def _assert_alike(source: Input, tolerance: float) -> None:
    ours, theirs = _in_process(source), _by_ffmpeg(source)
    assert ours.shape[0] == theirs.shape[0]
    assert ours.shape[1] == pytest.approx(theirs.shape[1], abs=2)
    both = min(ours.shape[1], theirs.shape[1])
    assert np.abs(ours[:, :both] - theirs[:, :both]).max() <= tolerance


def _tones(rate_hz: int, seconds: float, channels: int) -> NDArray[np.int16]:
    """A rising and falling tone on each channel, below 0.4 of the lower rate."""
    time = np.arange(round(rate_hz * seconds)) / rate_hz
    fade = np.clip(np.minimum(time, time[-1] - time) / 0.05, 0, 1)
    limit = min(rate_hz, 16_000) * 0.4
    tones = [
        np.sin(2 * np.pi * limit * (0.1 * (number % 9 + 1) * time + 0.005 * time * time))
        for number in range(channels)
    ]
    return np.round(np.stack(tones, axis=1) * fade[:, None] * 12_000).astype("<i2")


Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Returns a function that converts tones by ffmpeg, to a file of this name."""

    def write(
        name: str, *options: str, rate_hz: int = 16_000, seconds: float = 1.0, channels: int = 1
    ) -> Path:
        source, path = tmp_path / "source.wav", tmp_path / name
        samples = _tones(rate_hz, seconds, channels)
        source.write_bytes(wav(samples.tobytes(), rate_hz=rate_hz, channels=channels))
        command = [ffmpeg_path(), "-v", "error", "-y", "-i", str(source), *options, str(path)]
        subprocess.run(command, check=True, timeout=60)
        return path

    return write


WAV_CODECS = ("u8", "s16le", "s24le", "s32le", "f32le", "f64le", "alaw", "mulaw")
AIFF_CODECS = ("s8", "s16be", "s16le", "s24be", "s32be", "f32be", "f64be", "alaw", "mulaw")


@pytest.mark.parametrize(
    ("name", "codec"),
    [("call.wav", codec) for codec in WAV_CODECS] + [("call.aiff", codec) for codec in AIFF_CODECS],
)
def test_encodings_have_the_samples_of_ffmpeg(make: Make, name: str, codec: str) -> None:
    _assert_alike(_input(make(name, "-c:a", f"pcm_{codec}", channels=3)), ROUNDING)


@pytest.mark.parametrize(
    "rate_hz", [4_000, 6_000, 8_000, 11_025, 11_027, 22_050, 44_100, 48_000, 96_000, 192_000]
)
def test_resampled_audio_has_the_samples_of_ffmpeg(make: Make, rate_hz: int) -> None:
    _assert_alike(_input(make("call.wav", rate_hz=rate_hz, channels=2)), FILTERS)


@pytest.mark.parametrize(
    ("rate_hz", "seconds"),
    [(8_000, 0.01), (8_000, 12.3456), (16_000, 3.0), (44_100, 0.1), (44_100, 12.3456)],
)
def test_length_is_that_of_ffmpeg(make: Make, rate_hz: int, seconds: float) -> None:
    _assert_alike(_input(make("call.wav", rate_hz=rate_hz, seconds=seconds)), FILTERS)


@pytest.mark.parametrize("options", [("-rf64", "always"), ("-write_bext", "1"), ("-ar", "8000")])
def test_kinds_of_wav_have_the_samples_of_ffmpeg(make: Make, options: tuple[str, ...]) -> None:
    _assert_alike(_input(make("call.wav", *options, channels=2)), FILTERS)


@pytest.mark.parametrize("encoding", ["s16le", "mulaw", "alaw"])
def test_headerless_audio_has_the_samples_of_ffmpeg(make: Make, encoding: str) -> None:
    path = make("call.raw", "-f", encoding, rate_hz=8_000)
    _assert_alike(_input(path, encoding=encoding, sample_rate_hz=8_000), FILTERS)


def test_given_sample_rate_has_the_samples_of_ffmpeg(make: Make) -> None:
    for name in ("call.wav", "call.aiff"):
        _assert_alike(_input(make(name), sample_rate_hz=8_000), FILTERS)


def test_loud_samples_are_clipped_as_by_ffmpeg(make: Make) -> None:
    for rate_hz in (16_000, 44_100):
        options = ("-af", "volume=8", "-c:a", "pcm_f32le")
        source = _input(make("call.wav", *options, rate_hz=rate_hz))
        assert _in_process(source).max() == _by_ffmpeg(source).max() == 32767 / 32768
        _assert_alike(source, 0.03)  # clipping is not linear


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("adpcm.wav", ("-c:a", "adpcm_ms")),
        ("ima.wav", ("-c:a", "adpcm_ima_wav")),
        ("g726.wav", ("-ar", "8000", "-c:a", "g726")),
        ("mp3.wav", ("-c:a", "libmp3lame")),
        ("ima.aiff", ("-c:a", "adpcm_ima_qt")),
        ("long.wav", ("-c:a", "pcm_s64le")),
        ("call.au", ()),
        ("dts.wav", ("-ar", "44100", "-ac", "2", "-c:a", "dca", "-strict", "-2")),
    ],
)
def test_other_codecs_are_left_to_ffmpeg(make: Make, name: str, options: tuple[str, ...]) -> None:
    assert pcm_header.find(_input(make(name, *options))) is None


def test_sync_words_of_dts_in_pcm_are_left_to_ffmpeg(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(bytes(4000) + b"\xff\x1f\x00\xe8" + bytes(400), channels=2))
    assert pcm_header.find(_input(path)) is None


@pytest.mark.parametrize("rest", [b"", b"\1", b"\1\2\3"])
def test_incomplete_last_frame_is_ignored(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "call.wav"
    samples = _tones(16_000, 0.5, 2).tobytes()
    path.write_bytes(wav(samples)[:44].replace(b"\1\0\1\0", b"\1\0\2\0") + samples + rest)
    assert _in_process(_input(path)).shape == (2, 8_000)
