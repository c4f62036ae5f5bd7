"""Write the recogniser as the CTranslate2 folder that WhisperX loads."""

import json
import tempfile
from pathlib import Path

from ctranslate2.converters import TransformersConverter
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration

from training import asr_tokenizer

_CARRIED = ("tokenizer.json", "preprocessor_config.json")


def export(whisper: WhisperForConditionalGeneration, folder: Path) -> None:
    """Convert to CTranslate2 with 8-bit weights, which every compute type can read."""
    with tempfile.TemporaryDirectory() as scratch:
        _save_for_transformers(whisper, Path(scratch))
        converter = TransformersConverter(scratch, copy_files=list(_CARRIED))
        converter.convert(str(folder), quantization="int8", force=True)


def _save_for_transformers(whisper: WhisperForConditionalGeneration, folder: Path) -> None:
    whisper.float().save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)
    tokenizer = asr_tokenizer.train()
    asr_tokenizer.fast(tokenizer).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    _name_no_filters(folder / "preprocessor_config.json")


def _name_no_filters(path: Path) -> None:
    """Leave out the mel filter bank, most of the file; it is computed when the model is loaded."""
    settings = json.loads(path.read_text())
    settings.pop("mel_filters", None)
    path.write_text(json.dumps(settings, indent=2) + "\n")
