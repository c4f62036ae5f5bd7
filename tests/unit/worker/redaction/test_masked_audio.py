"""Masking the samples of a recording."""

import numpy as np
import pytest

from tests.support.fake_engine import noise
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, TimeSpan, Waveform
from whisperfarm_worker.redaction.masked_audio import BLOCK_FRAMES, masked_blocks
from whisperfarm_worker.redaction.masked_spans import MaskedSpans

SECONDS = 31.0
"""More than a block."""

EDGE_S = BLOCK_FRAMES / SAMPLE_RATE_HZ
SPANS = MaskedSpans([TimeSpan(EDGE_S - 0.25, EDGE_S + 0.25)], [TimeSpan(2.0, 3.0)])
FRAMES = slice(round((EDGE_S - 0.25) * SAMPLE_RATE_HZ), round((EDGE_S + 0.25) * SAMPLE_RATE_HZ))
UNTRANSCRIBED = slice(2 * SAMPLE_RATE_HZ, 3 * SAMPLE_RATE_HZ)


@pytest.fixture(scope="module")
def stereo() -> Waveform:
    left = noise(SECONDS)[0]
    return Waveform([left, -left])


def masked(waveform: Waveform, spans: MaskedSpans, *, beep: bool = False) -> np.ndarray:
    return np.concatenate(list(masked_blocks(waveform, spans, beep=beep)))


def test_all_but_the_spans_is_unchanged_in_all_channels(stereo: Waveform) -> None:
    found = masked(stereo, SPANS)
    original = masked(stereo, MaskedSpans([], []))
    assert original.any(axis=0).all()
    for span in (FRAMES, UNTRANSCRIBED):
        assert not found[span].any()
        original[span] = 0
    np.testing.assert_array_equal(found, original)


def test_beep_is_a_tone_without_the_original(stereo: Waveform) -> None:
    silence = Waveform([np.zeros(len(one), np.float32) for one in stereo.samples])
    found, alone = masked(stereo, SPANS, beep=True), masked(silence, SPANS, beep=True)
    np.testing.assert_array_equal(found[FRAMES], alone[FRAMES])
    assert not found[UNTRANSCRIBED].any()
    spectrum = np.abs(np.fft.rfft(found[FRAMES, 0].astype(float)))
    assert np.argmax(spectrum) * SAMPLE_RATE_HZ / len(found[FRAMES]) == 1000


def test_samples_of_16_bits_are_unchanged() -> None:
    samples = np.array([-32768, -1, 0, 1, 32767], np.int16)
    waveform = Waveform([samples.astype(np.float32) / 32768])
    assert masked(waveform, MaskedSpans([], []))[:, 0].tolist() == samples.tolist()


def test_samples_beyond_full_scale_are_clipped() -> None:
    waveform = Waveform([np.array([1.5, -1.5, np.nan], np.float32)])
    assert masked(waveform, MaskedSpans([], []))[:, 0].tolist() == [32767, -32768, 0]
