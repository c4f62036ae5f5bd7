"""Our tables say what the libraries say."""

from whisperfarm_contract.presets import WHISPER_MODELS
from whisperfarm_models.known_models import (
    TORCHAUDIO_ALIGNERS,
    USUAL_ALIGNERS,
    WHISPER_REPOSITORIES,
)


def test_every_whisper_model_has_the_repository_that_faster_whisper_takes() -> None:
    from faster_whisper.utils import _MODELS

    assert dict(WHISPER_REPOSITORIES) == {name: _MODELS[name] for name in WHISPER_MODELS}


def test_every_language_has_the_aligner_that_whisperx_takes() -> None:
    from whisperx.alignment import DEFAULT_ALIGN_MODELS_HF, DEFAULT_ALIGN_MODELS_TORCH

    assert dict(USUAL_ALIGNERS) == {**DEFAULT_ALIGN_MODELS_TORCH, **DEFAULT_ALIGN_MODELS_HF}


def test_every_torchaudio_aligner_is_the_file_that_torchaudio_takes() -> None:
    from torchaudio import pipelines

    files = {name: getattr(pipelines, name)._path for name in TORCHAUDIO_ALIGNERS}
    assert dict(TORCHAUDIO_ALIGNERS) == files
