import wave

import numpy as np
import pytest

from training import wav


def decoded(data: bytes) -> np.ndarray:
    """Decode G.711 mu-law to linear samples with the formula of the standard."""
    code = ~np.frombuffer(data, np.uint8).astype(np.int32) & 0xFF
    magnitude = (((code & 0x0F) << 3) + 132 << ((code >> 4) & 7)) - 132
    return np.where(code & 0x80, -magnitude, magnitude)


def test_mu_law_keeps_samples_within_its_step():
    samples = np.arange(-32_768, 32_768, 17, dtype=np.int16)
    error = np.abs(decoded(wav.mu_law_bytes(samples)) - samples.astype(np.int32))
    assert np.all(error <= np.abs(samples.astype(np.int32)) / 16 + 8 + 132)
    assert error.mean() < 300


def test_silence_is_the_byte_ff():
    assert wav.mu_law_bytes(np.zeros(3, np.int16)) == b"\xff\xff\xff"


def test_mu_law_file_has_its_format_tag(tmp_path):
    path = tmp_path / "call.wav"
    wav.write_mu_law(path, np.zeros(8_001, np.int16), rate_hz=8_000)
    data = path.read_bytes()
    assert data[:4] == b"RIFF"
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    assert int.from_bytes(data[20:22], "little") == 7
    assert int.from_bytes(data[24:28], "little") == 8_000


@pytest.mark.parametrize(("shape", "channels"), [((100,), 1), ((100, 2), 2)])
def test_standard_library_reads_the_pcm_file(tmp_path, shape, channels):
    path = tmp_path / "call.wav"
    wav.write_pcm(path, np.ones(shape, np.int16), rate_hz=16_000)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (
            channels, 16_000, 100,
        )  # fmt: skip
