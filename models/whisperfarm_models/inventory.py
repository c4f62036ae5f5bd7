"""The models and their files, from the table in `inventory.toml`.

A model that the table does not list, in a preset of the operator, has the generic files of its kind
at the hub's current revision.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files as resources
from types import MappingProxyType
from typing import Any

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import ModelIntegrityError
from whisperfarm_models.engine_spec import WHISPERX, EngineSpec
from whisperfarm_models.known_models import (
    TORCHAUDIO_ALIGNERS,
    WHISPER_REPOSITORIES,
    default_aligner,
)
from whisperfarm_models.languages import PUNKT_LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A file of a model: its path below the model's folder, and its size and digest if known.

    `instead_of` names a file that this one replaces if it is missing. `optional` files may be
    missing.
    """

    path: str
    size_bytes: int | None = None
    sha256: str | None = None
    optional: bool = False
    instead_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model: its origin and its files.

    `origin` is `hub`, `torch`, `nltk`, or `package` if an engine's package carries it. `folder` is
    the folder of its files below the models folder, and below a source with the same layout.
    `approximate_bytes` is its approximate size.
    """

    kind: str
    name: str
    origin: str
    folder: str
    files: tuple[ModelFile, ...]
    repository: str = ""
    revision: str = "main"
    licence: str = "see the repository"
    approximate_bytes: int | None = None
    archive: ModelFile | None = None

    @property
    def size_bytes(self) -> int | None:
        """Exact size of all files, or `None` if one is unknown."""
        sizes = [one.size_bytes for one in self.files if one.size_bytes is not None]
        return sum(sizes) if len(sizes) == len(self.files) else None


_GENERIC: Mapping[str, tuple[ModelFile, ...]] = MappingProxyType(
    {
        "speech": (
            ModelFile(path="config.json"),
            ModelFile(path="model.bin"),
            ModelFile(path="tokenizer.json"),
            ModelFile(path="vocabulary.json"),
            ModelFile(path="vocabulary.txt", instead_of="vocabulary.json"),
            ModelFile(path="preprocessor_config.json", optional=True),
        ),
        "aligner": (
            ModelFile(path="config.json"),
            ModelFile(path="preprocessor_config.json"),
            ModelFile(path="vocab.json"),
            ModelFile(path="tokenizer_config.json", optional=True),
            ModelFile(path="special_tokens_map.json", optional=True),
            ModelFile(path="added_tokens.json", optional=True),
            ModelFile(path="model.safetensors"),
            ModelFile(path="pytorch_model.bin", instead_of="model.safetensors"),
        ),
        "diarizer": (
            ModelFile(path="config.yaml"),
            ModelFile(path="segmentation/pytorch_model.bin"),
            ModelFile(path="embedding/pytorch_model.bin"),
            ModelFile(path="plda/plda.npz"),
            ModelFile(path="plda/xvec_transform.npz"),
        ),
    }
)
"""Files of models that the table does not list."""

_PUNKT = ("abbrev_types.txt", "collocations.tab", "ortho_context.tab", "sent_starters.txt")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)*", re.ASCII)


def speech(name: str) -> Model:
    """Return a Whisper model, by size or by repository."""
    repository = WHISPER_REPOSITORIES.get(name, name)
    row_name = next((key for key in _table()["speech"] if _is_repository(key, repository)), name)
    return _from_hub("speech", name, repository=repository, row_name=row_name)


def aligner(name: str) -> Model:
    """Return an aligner, by its name in torchaudio or by repository."""
    if name not in TORCHAUDIO_ALIGNERS:
        return _from_hub("aligner", name, repository=name, row_name=name)
    row = _table()["torchaudio"].get(name, {})
    return Model(
        kind="aligner",
        name=name,
        origin="torch",
        folder="torch/hub/checkpoints",
        files=_files(row) or (ModelFile(path=TORCHAUDIO_ALIGNERS[name]),),
        licence=row.get("licence", "see the repository"),
        approximate_bytes=row.get("approximate_bytes"),
    )


def diarizer(name: str) -> Model:
    """Return a pyannote pipeline: segmentation, embedding and PLDA in one repository."""
    return _from_hub("diarizer", name, repository=name, row_name=name)


def voice_activity(detector: str) -> Model:
    """Return a voice activity model, which the package of an engine carries."""
    row = _table()["voice_activity"][detector]
    return Model(
        kind="voice activity",
        name=detector,
        origin="package",
        folder="",
        files=_files(row),
        licence=row["licence"],
    )


def sentences(language: str) -> Model:
    """Return the model that splits a language's text into sentences; by default the English one."""
    row = _table()["sentences"]["punkt_tab"]
    name = PUNKT_LANGUAGES.get(language, "english")
    [path, size_bytes, sha256] = row["archive"]
    return Model(
        kind="sentences",
        name=f"punkt-{name}",
        origin="nltk",
        folder=f"nltk/tokenizers/punkt_tab/{name}",
        files=tuple(ModelFile(path=file) for file in _PUNKT),
        repository="nltk/nltk_data",
        revision=row["revision"],
        licence=row["licence"],
        archive=ModelFile(path=path, size_bytes=size_bytes, sha256=sha256),
    )


def models_of(
    preset: Preset, languages: Sequence[str] = ("en",), engine: EngineSpec = WHISPERX
) -> Iterator[Model]:
    """Yield all models of a preset. `languages` apply if the preset does not name its languages."""
    yield voice_activity(engine.detector(preset))
    yield speech(preset.asr)
    spoken_languages = preset.languages or tuple(languages)
    if preset.align and engine.aligns:
        names = [preset.aligner or default_aligner(language) for language in spoken_languages]
        yield from (aligner(name) for name in dict.fromkeys(names) if name)
    if preset.align:
        yield from dict.fromkeys(sentences(language) for language in spoken_languages)
    if preset.diarize and engine.diarizes:
        yield diarizer(preset.diarizer)


def validate_name(name: str) -> str:
    """Return the name if it is safe as a folder. Raises `ModelIntegrityError` otherwise."""
    if not _NAME.fullmatch(name):
        raise ModelIntegrityError(
            f"invalid model name {name!r}; use letters, digits, '.', '_', '-' and '/'"
        )
    return name


def _from_hub(kind: str, name: str, *, repository: str, row_name: str) -> Model:
    row = _table()[kind].get(row_name, {})
    return Model(
        kind=kind,
        name=validate_name(name),
        origin="hub",
        folder=name,
        files=_files(row) or _GENERIC[kind],
        repository=repository,
        revision=row.get("revision", "main"),
        licence=row.get("licence", "see the repository"),
        approximate_bytes=row.get("approximate_bytes"),
    )


def _is_repository(name: str, repository: str) -> bool:
    return WHISPER_REPOSITORIES.get(name) == repository


def _files(row: Mapping[str, Any]) -> tuple[ModelFile, ...]:
    return tuple(
        ModelFile(path=path, size_bytes=size_bytes or None, sha256=sha256 or None)
        for path, size_bytes, sha256 in row.get("files", ())
    )


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    text = resources("whisperfarm_models").joinpath("inventory.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))


def with_known_digests(file: ModelFile, *, size_bytes: int | None, sha256: str | None) -> ModelFile:
    """Return the file, with size and digest filled in if the table does not give them."""
    return replace(file, size_bytes=file.size_bytes or size_bytes, sha256=file.sha256 or sha256)
