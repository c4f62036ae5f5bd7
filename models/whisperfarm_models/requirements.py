"""What a preset needs, and what of it is there."""

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
    """A file of a model; `size_bytes` is `None` when it is not there.

    `pinned_bytes` is its size in `model_inventory.json`, when it was pinned.
    """

    path: Path
    size_bytes: int | None
    pinned_bytes: int | None = None
    may_be_empty: bool = False

    @property
    def present(self) -> bool:
        """Whether it is there, with something in it, and as long as it was when it was pinned."""
        if self.pinned_bytes is not None:
            return self.size_bytes == self.pinned_bytes
        return self.size_bytes is not None and (self.may_be_empty or self.size_bytes > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A model that a preset needs. `place` is its folder or file, there or where it should be."""

    kind: str
    model: str
    place: Path
    files: tuple[NeededFile, ...]

    @property
    def present(self) -> bool:
        """Whether all its files are there."""
        return all(file.present for file in self.files)


def needs(preset: Preset, places: Places, engine: Kind = WHISPERX) -> tuple[Need, ...]:
    """The models without which a worker of this preset does not start."""
    return tuple(_each(preset, places, engine))


def aligner_name(preset: Preset, language: str) -> str | None:
    """The aligner of a preset for a language, or `None` when there is none."""
    return preset.aligner or usual_aligner(language)


def check(presets: Iterable[Preset], places: Places, engine: Kind = WHISPERX) -> None:
    """Raise `ModelMissing`, naming the first missing file, unless everything is there.

    Raises `SettingsWrong` for a preset that tells speakers apart where the engine can not.
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
        # A preset of all languages takes the aligners that it finds; none of them is a must.
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
    """What splits a language's text; English will do for all of them, as it does in the worker."""
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
    """The sizes that the inventory of the operator's folder tells of."""
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
        f" {_state(file)}; `whisperfarm models pull --presets {preset.name}` fetches it, or serve"
        " other presets (WHISPERFARM_PRESETS). `whisperfarm models list` shows what each preset"
        " needs and what is missing"
    )


def _state(file: NeededFile) -> str:
    if file.size_bytes is None:
        return "is not there"
    if file.size_bytes == 0:
        return "is empty"
    return f"has {file.size_bytes} bytes instead of {file.pinned_bytes}"


def _speakers(preset: Preset, engine: Kind) -> str:
    return (
        f"preset {preset.name} tells speakers apart, and the engine {engine.name} can not: serve a"
        " preset without diarize on this worker (WHISPERFARM_PRESETS; `demo-words` in place of"
        " `demo`), or give it the other engine: pip install 'whisperfarm[worker]'"
    )
