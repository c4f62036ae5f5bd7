"""The files that a model of each kind consists of, below its folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def of_speech_model(folder: Path) -> list[Path]:
    """A Whisper model as CTranslate2 has it."""
    return [
        folder / "model.bin",
        folder / "config.json",
        # Without it, faster-whisper would fetch one from the hub.
        folder / "tokenizer.json",
        _either(folder, "vocabulary.json", "vocabulary.txt"),
    ]


def of_aligner(place: Path) -> list[Path]:
    """A wav2vec2 model as Hugging Face has it, or torchaudio's one file."""
    if place.suffix in (".pth", ".pt"):
        return [place]
    return [
        place / "config.json",
        _either(place, "model.safetensors", "pytorch_model.bin"),
        place / "preprocessor_config.json",
        place / "vocab.json",
    ]


def of_diarizer(folder: Path) -> list[Path]:
    """A pyannote pipeline: its configuration, and the models in its own folder that it names."""
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
    """Of two files that do the same, the one that is there."""
    return folder / second if (folder / second).exists() else folder / first
