"""Files that the engines load for a model of each kind."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from whisperfarm_models.inventory import Model


def speech_model_files(model: Model, folder: Path) -> list[Path]:
    """Return the files of a speech model: those of its row, or a Whisper model's."""
    return _whisper_files(folder) if model.family == "whisper" else _listed_files(model, folder)


def _listed_files(model: Model, folder: Path) -> list[Path]:
    return [folder / file.path for file in model.files]


def _whisper_files(folder: Path) -> list[Path]:
    """Return the files of a Whisper model in CTranslate2's format."""
    return [
        folder / "model.bin",
        folder / "config.json",
        # Without this file, faster-whisper would download one from the hub.
        folder / "tokenizer.json",
        _either(folder, "vocabulary.json", "vocabulary.txt"),
    ]


def aligner_files(path: Path) -> list[Path]:
    """Return the files of a wav2vec2 model in Hugging Face's format, or torchaudio's one file."""
    if path.suffix in (".pth", ".pt"):
        return [path]
    return [
        path / "config.json",
        _either(path, "model.safetensors", "pytorch_model.bin"),
        path / "preprocessor_config.json",
        path / "vocab.json",
    ]


def diarizer_files(model: Model, folder: Path) -> list[Path]:
    """Return the files of a diarizer: those of its row if a Python package carries it, else the
    configuration of a pyannote pipeline, and the models that it names."""
    if model.origin == "package":
        return _listed_files(model, folder)
    configuration = folder / "config.yaml"
    return [configuration, *_referenced_files(folder, configuration)]


def _referenced_files(folder: Path, configuration: Path) -> Iterator[Path]:
    """Yield the files of each parameter `$model/<part>`, a folder below that of the pipeline."""
    try:
        config = yaml.safe_load(configuration.read_text(encoding="utf-8"))
        parameters: dict[str, Any] = config["pipeline"]["params"]
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return
    for role, value in parameters.items():
        if isinstance(value, str) and value.startswith("$model"):
            part = folder / value.removeprefix("$model").strip("/")
            files = ("xvec_transform.npz", "plda.npz") if role == "plda" else ("pytorch_model.bin",)
            yield from (part / file for file in files)


def _either(folder: Path, default: str, alternative: str) -> Path:
    """Return the file `alternative` if it exists, else `default`."""
    return folder / alternative if (folder / alternative).exists() else folder / default
