"""What a profile falls back to on a machine that lacks models."""

from pathlib import Path

import pytest

from whisperfarm_models.settings import ModelSettings

PROFILE = """
engines: {primary: whisper_large_v3_turbo, fallback: whisper_tiny}
diarization: {primary: acme/who}
"""


@pytest.fixture
def settings(tmp_path: Path) -> ModelSettings:
    (tmp_path / "profile.yaml").write_text(PROFILE)
    return ModelSettings(
        profile=tmp_path / "profile.yaml", models_dir=tmp_path / "models", engine="whisperx"
    )


def _install(settings: ModelSettings, name: str) -> None:
    folder = settings.models_path / name
    folder.mkdir(parents=True)
    for file in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt", "config.yaml"):
        (folder / file).write_text("x: 1")


def test_engine_that_is_not_installed_is_replaced(settings: ModelSettings) -> None:
    _install(settings, "tiny")
    served = settings.served_presets()["profile-standard"]
    assert served.asr == "tiny"
    assert served.selection is not None
    assert (
        "large-v3-turbo is not installed: whisperfarm models pull" in served.selection.fallbacks[0]
    )


def test_engine_that_is_installed_is_kept(settings: ModelSettings) -> None:
    _install(settings, "tiny")
    _install(settings, "large-v3-turbo")
    assert settings.served_presets()["profile-standard"].asr == "large-v3-turbo"


def test_pull_fetches_what_a_profile_falls_back_to(settings: ModelSettings) -> None:
    speech = {preset.asr for preset in settings.wanted_presets().values()}
    assert speech == {"large-v3-turbo", "tiny"}


@pytest.mark.parametrize(("engine", "speakers"), [("whisperx", True), ("faster-whisper", False)])
def test_diarizer_needs_its_files_and_an_engine_that_diarizes(
    settings: ModelSettings, engine: str, speakers: bool
) -> None:
    _install(settings, "acme/who")
    changed = settings.model_copy(update={"engine": engine})
    preset = changed.served_presets()["profile-fast"]
    assert preset.diarize is speakers
    assert preset.selection is not None
    assert any("cannot diarize" in text for text in preset.selection.fallbacks) is not speakers
