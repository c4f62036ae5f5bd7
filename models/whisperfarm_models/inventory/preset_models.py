"""The models of a preset."""

from collections.abc import Iterator, Sequence

from whisperfarm_contract.presets import Preset
from whisperfarm_models.engine_spec import WHISPERX, EngineSpec
from whisperfarm_models.inventory.kinds import aligner, diarizer, speech
from whisperfarm_models.inventory.model import Model
from whisperfarm_models.inventory.packaged import sentences, voice_activity
from whisperfarm_models.inventory_table import Table
from whisperfarm_models.known_models import LANGUAGE_DETECTOR, default_aligner


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
