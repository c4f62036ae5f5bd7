"""Lists the models that a preset needs or uses."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from whisperfarm_contract.presets import Preset
from whisperfarm_models import files
from whisperfarm_models.engine_spec import WHISPERX, EngineSpec
from whisperfarm_models.inventory import (
    aligner,
    diarizer,
    needs_aligner,
    needs_detector,
    voice_activity,
)
from whisperfarm_models.known_models import LANGUAGE_DETECTOR, default_aligner
from whisperfarm_models.requirements import locked_sizes
from whisperfarm_models.requirements.requirement import Requirement
from whisperfarm_models.requirements.search import find_model, find_sentences, require
from whisperfarm_models.search_path import ModelPaths, voice_activity_weights


def requirements_of(
    preset: Preset, model_paths: ModelPaths, engine: EngineSpec = WHISPERX
) -> tuple[Requirement, ...]:
    """Return the models without which a worker of this preset does not start."""
    return tuple(locked_sizes.add(_requirements(preset, model_paths, engine), model_paths))


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


def _requirements(
    preset: Preset, model_paths: ModelPaths, engine: EngineSpec
) -> Iterator[Requirement]:
    detector = engine.detector(preset)
    weights = voice_activity_weights(detector)
    yield require(voice_activity(detector), weights, lambda path: [path])
    speech = model_paths.speech(preset.asr)
    yield _find_speech_model(preset.asr, model_paths)
    if needs_aligner(preset, speech, engine):
        # A preset for all languages uses the aligners that are installed and requires none.
        names = (aligner_name(preset, language) for language in preset.languages)
        for name in dict.fromkeys(name for name in names if name):
            yield find_model(aligner(name, model_paths.table), model_paths, files.aligner_files)
    if preset.diarize and engine.diarizes:
        model = diarizer(preset.diarizer, model_paths.table)
        yield find_model(model, model_paths, partial(files.diarizer_files, model))
    if preset.align:
        yield from dict.fromkeys(
            find_sentences(language, model_paths) for language in preset.languages
        )


def _language_detector(preset: Preset, model_paths: ModelPaths) -> Iterator[Requirement]:
    if needs_detector(preset, model_paths.speech(preset.asr)):
        yield _find_speech_model(LANGUAGE_DETECTOR, model_paths)


def _find_speech_model(name: str, model_paths: ModelPaths) -> Requirement:
    model = model_paths.speech(name)
    return find_model(model, model_paths, partial(files.speech_model_files, model))
