"""Fingerprints of models. Workers with equal ones produce the same transcripts."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from whisperfarm_contract.presets import Preset
from whisperfarm_models import files
from whisperfarm_models.engine_spec import WHISPERX, Kind
from whisperfarm_models.known_models import USUAL_ALIGNERS
from whisperfarm_models.search_path import Places, voice_activity_weights

_WHOLE_BYTES = 16 << 20
_SAMPLES = 16
_SAMPLE_BYTES = 1 << 20
"""Of a file larger than `_WHOLE_BYTES`, only `_SAMPLES` pieces, evenly spread, are read. Training
changes every weight, and reading gigabytes would delay the start of a worker."""


def fingerprint(preset: Preset, places: Places, engine: Kind = WHISPERX) -> str:
    """Return one digest of all installed models that jobs of the preset may use."""
    found = sha256()
    for path in _files(preset, places, engine):
        if path.is_file():
            found.update(f"{path.name} {path.stat().st_size}\n".encode())
            for piece in _pieces(path):
                found.update(piece)
    return found.hexdigest()


def _files(preset: Preset, places: Places, engine: Kind) -> Iterator[Path]:
    yield voice_activity_weights(engine)
    if (speech := places.find(preset.asr)) is not None:
        yield from files.of_speech_model(speech)
    # A job's options may select an aligner or a diarizer that its preset does not use.
    aligners = (preset.aligner,) if preset.aligner else tuple(sorted(set(USUAL_ALIGNERS.values())))
    for name in aligners:
        if (aligner := places.find(name)) is not None:
            yield from files.of_aligner(aligner)
    if (diarizer := places.find(preset.diarizer)) is not None:
        yield from files.of_diarizer(diarizer)


def _pieces(path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= _WHOLE_BYTES:
            yield file.read()
            return
        for number in range(_SAMPLES):
            file.seek((size - _SAMPLE_BYTES) * number // (_SAMPLES - 1))
            yield file.read(_SAMPLE_BYTES)
