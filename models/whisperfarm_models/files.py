"""Files that the engines load for a model of each kind."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def of_speech_model(folder: Path) -> list[Path]:
    """Return the files of a Whisper model in CTranslate2's format."""
    return [
        folder / "model.bin",
        folder / "config.json",
        # Without it, faster-whisper would download one from the hub.
        folder / "tokenizer.json",
        _either(folder, "vocabulary.json", "vocabulary.txt"),
    ]


def of_aligner(place: Path) -> list[Path]:
    """Return the files of a wav2vec2 model in Hugging Face's format, or torchaudio's one file."""
    if place.suffix in (".pth", ".pt"):
        return [place]
    return [
        place / "config.json",
        _either(place, "model.safetensors", "pytorch_model.bin"),
        place / "preprocessor_config.json",
        place / "vocab.json",
    ]


def of_diarizer(folder: Path) -> list[Path]:
    """Return the files of a pyannote pipeline: its configuration, and the models that it names."""
    configuration = folder / "config.yaml"
    return [configuration, *_parts(folder, configuration)]


def _parts(folder: Path, configuration: Path) -> Iterator[Path]:
    try:
        told = yaml.safe_load(configuration.read_text(encoding="utf-8"))
        parameters: dict[str, Any] = told["pipeline"]["params"]
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return
    for role, value in parameters.items():
        if isinstance(value, str) and value.startswith("$model"):
            part = folder / value.removeprefix("$model").strip("/")
            files = ("xvec_transform.npz", "plda.npz") if role == "plda" else ("pytorch_model.bin",)
            yield from (part / file for file in files)


def _either(folder: Path, first: str, second: str) -> Path:
    """Return the second of two alternative files if it exists, else the first."""
    return folder / second if (folder / second).exists() else folder / first
