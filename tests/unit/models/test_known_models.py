"""Our tables agree with the libraries."""

from whisperfarm_contract.presets import DISTILLED_MODELS, WHISPER_MODELS
from whisperfarm_models.known_models import (
    DEFAULT_ALIGNERS,
    TORCHAUDIO_ALIGNERS,
    WHISPER_REPOSITORIES,
)


def test_whisper_repositories_match_faster_whisper() -> None:
    from faster_whisper.utils import _MODELS

    names = (*WHISPER_MODELS, *DISTILLED_MODELS)
    assert dict(WHISPER_REPOSITORIES) == {name: _MODELS[name] for name in names}


def test_default_aligners_match_whisperx() -> None:
    from whisperx.alignment import DEFAULT_ALIGN_MODELS_HF, DEFAULT_ALIGN_MODELS_TORCH

    assert dict(DEFAULT_ALIGNERS) == {**DEFAULT_ALIGN_MODELS_TORCH, **DEFAULT_ALIGN_MODELS_HF}


def test_torchaudio_aligners_match_torchaudio() -> None:
    from torchaudio import pipelines

    files = {name: getattr(pipelines, name)._path for name in TORCHAUDIO_ALIGNERS}
    assert dict(TORCHAUDIO_ALIGNERS) == files
