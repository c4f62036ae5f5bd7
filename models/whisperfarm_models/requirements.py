"""Models that a preset needs, and whether they are installed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import ModelMissing, SettingsWrong
from whisperfarm_models import files, lockfile
from whisperfarm_models.engine_spec import WHISPERX, Kind
from whisperfarm_models.inventory import sentences
from whisperfarm_models.known_models import usual_aligner
from whisperfarm_models.search_path import Places, voice_activity_weights


@dataclass(frozen=True, slots=True)
class NeededFile:
    """A file of a model. `size_bytes` is `None` if it is missing.

    `pinned_bytes` is its size in `model_inventory.json`, if it was pinned.
    """

    path: Path
    size_bytes: int | None
    pinned_bytes: int | None = None
    may_be_empty: bool = False

    @property
    def present(self) -> bool:
        """Whether the file exists, is not empty, and has its pinned size."""
        if self.pinned_bytes is not None:
            return self.size_bytes == self.pinned_bytes
        return self.size_bytes is not None and (self.may_be_empty or self.size_bytes > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A model that a preset needs. `place` is its folder or file, whether it exists or not."""

    kind: str
    model: str
    place: Path
    files: tuple[NeededFile, ...]

    @property
    def present(self) -> bool:
        """Whether all files are present."""
        return all(file.present for file in self.files)


def needs(preset: Preset, places: Places, engine: Kind = WHISPERX) -> tuple[Need, ...]:
    """Return the models without which a worker of this preset does not start."""
    return tuple(_each(preset, places, engine))


def aligner_name(preset: Preset, language: str) -> str | None:
    """Return the preset's aligner for a language, or `None` if it has none."""
    return preset.aligner or usual_aligner(language)


def check(presets: Iterable[Preset], places: Places, engine: Kind = WHISPERX) -> None:
    """Raise `ModelMissing`, naming the first missing file, unless all models are installed.

    Raises `SettingsWrong` for a preset that diarizes if the engine cannot.
    """
    for preset in presets:
        if preset.diarize and not engine.diarizes:
            raise SettingsWrong(_speakers(preset, engine))
        for need in needs(preset, places, engine):
            for file in need.files:
                if not file.present:
                    raise ModelMissing(_message(preset, need, file))


def _each(preset: Preset, places: Places, engine: Kind) -> Iterator[Need]:
    sizes = _pinned_sizes(places)
    for need in _needed(preset, places, engine):
        yield replace(need, files=tuple(_held(file, sizes) for file in need.files))


def _needed(preset: Preset, places: Places, engine: Kind) -> Iterator[Need]:
    weights = voice_activity_weights(engine)
    yield _need("voice activity", engine.name, weights, lambda path: [path])
    yield _find("speech", preset.asr, places, files.of_speech_model)
    if preset.align and engine.aligns:
        # A preset for all languages uses the aligners that are installed and requires none.
        names = (aligner_name(preset, language) for language in preset.languages)
        for name in dict.fromkeys(name for name in names if name):
            yield _find("aligner", name, places, files.of_aligner)
    if preset.diarize and engine.diarizes:
        yield _find("diarizer", preset.diarizer, places, files.of_diarizer)
    if preset.align:
        yield from dict.fromkeys(_sentences(language, places) for language in preset.languages)


def _find(kind: str, model: str, places: Places, listed: Callable[[Path], list[Path]]) -> Need:
    return _need(kind, model, places.find(model) or places.wanted(model), listed)


def _need(kind: str, model: str, place: Path, listed: Callable[[Path], list[Path]]) -> Need:
    needed = tuple(NeededFile(path, _size(path)) for path in listed(place))
    return Need(kind=kind, model=model, place=place, files=needed)


def _sentences(language: str, places: Places) -> Need:
    """Return the language's sentence splitter, or the English one, as the worker does."""
    model = sentences(language)
    tail = Path(*Path(model.folder).parts[1:])
    english = tail.with_name("english")
    folders = [folder / name for name in (tail, english) for folder in places.sentence_folders()]
    place = next((one for one in folders if one.is_dir()), places.folders[0] / model.folder)
    return Need(
        kind="sentences",
        model=model.name,
        place=place,
        files=tuple(
            NeededFile(place / file.path, _size(place / file.path), may_be_empty=True)
            for file in model.files
        ),
    )


def _pinned_sizes(places: Places) -> dict[Path, int]:
    """Return the sizes in the inventory of the operator's models folder, by path."""
    root = places.folders[0]
    return {
        (places.torch / "hub/checkpoints" if model.kind == "aligner" and "/" not in model.name
         else root / model.name) / path: file.size_bytes
        for model in lockfile.read(root).models.values()
        for path, file in model.files.items()
    }  # fmt: skip


def _held(file: NeededFile, sizes: dict[Path, int]) -> NeededFile:
    return replace(file, pinned_bytes=sizes.get(file.path))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _message(preset: Preset, need: Need, file: NeededFile) -> str:
    return (
        f"preset {preset.name} needs the {need.kind} model {need.model}, and its file {file.path}"
        f" {_state(file)}; run `whisperfarm models pull --presets {preset.name}`, or serve other"
        " presets (WHISPERFARM_PRESETS). `whisperfarm models list` shows the models of each preset"
        " and what is missing"
    )


def _state(file: NeededFile) -> str:
    if file.size_bytes is None:
        return "is missing"
    if file.size_bytes == 0:
        return "is empty"
    return f"has {file.size_bytes} bytes instead of {file.pinned_bytes}"


def _speakers(preset: Preset, engine: Kind) -> str:
    return (
        f"preset {preset.name} diarizes, and the engine {engine.name} cannot; serve a preset"
        " without diarize on this worker (WHISPERFARM_PRESETS; `demo-words` instead of `demo`), or"
        " install the other engine: pip install 'whisperfarm[worker]'"
    )
