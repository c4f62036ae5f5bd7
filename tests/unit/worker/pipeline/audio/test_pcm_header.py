"""Headers of any content: they are read, left to ffmpeg, or rejected with a problem."""

import struct
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.pcm import pcm_buffer
from tests.support.recordings import wav
from whisperfarm_contract.media import CONTAINERS
from whisperfarm_contract.problems import AudioTooLong, AudioUnreadable
from whisperfarm_worker.pipeline.audio import pcm_header
from whisperfarm_worker.pipeline.audio.ffmpeg import Input
from whisperfarm_worker.pipeline.audio.pcm_decoder import PcmDecoder

EDGES_16 = st.sampled_from([0, 1, 2, 3, 4, 6, 7, 8, 16, 24, 32, 64, 65, 0x7FFF, 0xFFFE, 0xFFFF])
EDGES_32 = st.sampled_from([0, 1, 7, 999, 8_000, 44_100, 768_000, 768_001, 2**31 - 1, 2**32 - 1])
UINT_16 = EDGES_16 | st.integers(0, 0xFFFF)
UINT_32 = EDGES_32 | st.integers(0, 0xFFFF_FFFF)
NAMES = st.sampled_from(
    [b"fmt ", b"data", b"LIST", b"ds64", b"COMM", b"SSND", b"FVER"]
) | st.binary(min_size=4, max_size=4)

FIELDS = st.builds(
    struct.pack, st.just("<HHIIHH"), UINT_16, UINT_16, UINT_32, UINT_32, UINT_16, UINT_16
)
CONTENTS = FIELDS | st.binary(max_size=60)


@st.composite
def chunks(draw: st.DrawFn) -> bytes:
    content = draw(CONTENTS)
    size = draw(st.just(len(content)) | UINT_32)
    return draw(NAMES) + struct.pack(draw(st.sampled_from("<>")) + "I", size) + content


FILES = st.tuples(
    st.sampled_from([b"RIFF", b"RIFX", b"RF64", b"FORM"]),
    st.sampled_from([b"WAVE", b"AIFF"]),
    st.lists(chunks(), max_size=6),
)


def _decode(source: Input) -> None:
    """Decode the file if a header describes it."""
    try:
        header = pcm_header.find(source)
    except AudioUnreadable:
        return
    if header is None:
        return
    assert 1 <= header.channels <= pcm_header.MAX_CHANNELS
    decoder = PcmDecoder(source=source, header=header, on_poll=lambda: None)
    with closing(pcm_buffer(source.path.parent, max_audio_s=1.0)) as pcm:
        try:
            decoder.decode(pcm)
        except AudioTooLong:
            return
    assert pcm.frames <= source.path.stat().st_size * 16 + 16


FUZZ = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(file=FILES, name=st.sampled_from(["wav", "aiff"]), rate_hz=st.sampled_from([None, 8_000]))
def test_any_chunks_are_decoded_or_rejected(
    tmp_path: Path, file: tuple[bytes, bytes, list[bytes]], name: str, rate_hz: int | None
) -> None:
    magic, kind, parts = file
    path = tmp_path / "call"
    path.write_bytes(magic + bytes(4) + kind + b"".join(parts))
    _decode(Input(path=path, container=CONTAINERS[name], sample_rate_hz=rate_hz))


@FUZZ
@given(fields=FIELDS, size=UINT_32, samples=st.binary(max_size=200))
def test_any_format_of_wav_is_decoded_or_rejected(
    tmp_path: Path, fields: bytes, size: int, samples: bytes
) -> None:
    path = tmp_path / "call.wav"
    header = wav(b"")
    path.write_bytes(header[:20] + fields + b"data" + struct.pack("<I", size) + samples)
    _decode(Input(path=path, container=CONTAINERS["wav"]))


@pytest.mark.parametrize("encoding", ["g722", "gsm", "vox"])
def test_headerless_codecs_are_left_to_ffmpeg(tmp_path: Path, encoding: str) -> None:
    assert pcm_header.find(Input(path=tmp_path, encoding=encoding, sample_rate_hz=8_000)) is None


def test_more_channels_than_ffmpeg_takes_are_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    for channels, is_found in ((64, True), (65, False)):
        path.write_bytes(wav(seconds=0.01, channels=channels))
        found = pcm_header.find(Input(path=path, container=CONTAINERS["wav"]))
        assert (found is not None) == is_found
