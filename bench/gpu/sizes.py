"""The dimensions of the Whisper models that are measured, the small ones first."""

from collections.abc import Mapping
from types import MappingProxyType

from bench.random_models import SMALL, WhisperSize

SIZES: Mapping[str, WhisperSize] = MappingProxyType(
    {
        "tiny": WhisperSize(width=384, heads=6, encoder_layers=4, decoder_layers=4),
        "base": WhisperSize(width=512, heads=8, encoder_layers=6, decoder_layers=6),
        "small": SMALL,
        "medium": WhisperSize(width=1024, heads=16, encoder_layers=24, decoder_layers=24),
        "turbo": WhisperSize(
            width=1280, heads=20, encoder_layers=32, decoder_layers=4, mel_bands=128, languages=100
        ),
        "large-v3": WhisperSize(
            width=1280, heads=20, encoder_layers=32, decoder_layers=32, mel_bands=128, languages=100
        ),
    }
)

PRESET = """\
[bench]
asr = "random/asr"
aligner = "random/align-en"
diarize = true
diarizer = "random/diarize"
languages = ["en"]
"""
"""For `WHISPERFARM_PRESETS_FILE`: a speech model of one size, wav2vec2 base, ResNet34."""
