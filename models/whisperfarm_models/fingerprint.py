"""Fingerprints of models. Workers with equal ones produce the same transcripts."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from whisperfarm_contract.presets import Preset
from whisperfarm_models import files, inventory
from whisperfarm_models.engine_spec import WHISPERX, EngineSpec
from whisperfarm_models.inventory import needs_detector
from whisperfarm_models.known_models import DEFAULT_ALIGNERS, LANGUAGE_DETECTOR
from whisperfarm_models.search_path import ModelPaths, voice_activity_weights

_MAX_FULL_READ_BYTES = 16 << 20
_SAMPLES = 16
_SAMPLE_BYTES = 1 << 20
"""Of a file larger than `_MAX_FULL_READ_BYTES`, only `_SAMPLES` pieces, evenly spread, are read.
Training changes every weight, and reading gigabytes would delay the start of a worker."""


def fingerprint(preset: Preset, model_paths: ModelPaths, engine: EngineSpec = WHISPERX) -> str:
    """Return one digest of all installed models that jobs of the preset may use."""
    digest = sha256()
    for path in _files(preset, model_paths, engine):
        if path.is_file():
            digest.update(f"{path.name} {path.stat().st_size}\n".encode())
            for sample in _read_samples(path):
                digest.update(sample)
    return digest.hexdigest()


def _files(preset: Preset, model_paths: ModelPaths, engine: EngineSpec) -> Iterator[Path]:
    yield voice_activity_weights(engine.detector(preset))
    names = [preset.asr]
    if needs_detector(preset, model_paths.speech(preset.asr)):
        names.append(LANGUAGE_DETECTOR)
    for name in names:
        if (speech := model_paths.find(name)) is not None:
            yield from files.speech_model_files(model_paths.speech(name), speech)
    # A job's options may select an aligner or a diarizer that its preset does not use.
    aligners = (
        (preset.aligner,) if preset.aligner else tuple(sorted(set(DEFAULT_ALIGNERS.values())))
    )
    for name in aligners:
        if (aligner := model_paths.find(name)) is not None:
            yield from files.aligner_files(aligner)
    if (diarizer := model_paths.find(preset.diarizer)) is not None:
        model = inventory.diarizer(preset.diarizer, model_paths.table)
        yield from files.diarizer_files(model, diarizer)


def _read_samples(path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= _MAX_FULL_READ_BYTES:
            yield file.read()
            return
        for number in range(_SAMPLES):
            file.seek((size - _SAMPLE_BYTES) * number // (_SAMPLES - 1))
            yield file.read(_SAMPLE_BYTES)
