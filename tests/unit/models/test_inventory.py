"""The declared table."""

import re

import pytest

from whisperfarm_contract.presets import PRESETS, WHISPER_MODELS
from whisperfarm_contract.problems import ModelRefused
from whisperfarm_models import inventory
from whisperfarm_models.inventory import aligner, diarizer, models_of, speech
from whisperfarm_models.known_models import TORCHAUDIO_ALIGNERS, USUAL_ALIGNERS


@pytest.mark.parametrize("name", WHISPER_MODELS)
def test_every_whisper_model_is_pinned_file_by_file(name: str) -> None:
    model = speech(name)
    assert re.fullmatch("[0-9a-f]{40}", model.revision)
    assert model.size_bytes is not None
    assert {"model.bin", "config.json", "tokenizer.json"} < {file.path for file in model.files}
    [weights] = [file for file in model.files if file.path == "model.bin"]
    assert weights.sha256 is not None


def test_every_digest_is_one() -> None:
    models = [speech(name) for name in WHISPER_MODELS]
    models += [aligner(name) for name in USUAL_ALIGNERS.values()]
    models.append(diarizer(PRESETS["high"].diarizer))
    for digest in (file.sha256 for model in models for file in model.files if file.sha256):
        assert re.fullmatch("[0-9a-f]{64}", digest)


def test_another_name_of_a_size_has_a_folder_of_its_own_and_the_same_files() -> None:
    assert speech("turbo").files == speech("large-v3-turbo").files
    assert speech("turbo").folder == "turbo"


@pytest.mark.parametrize("language", USUAL_ALIGNERS)
def test_every_languages_aligner_has_a_row(language: str) -> None:
    assert aligner(USUAL_ALIGNERS[language]).about_bytes


def test_torchaudios_aligners_are_the_files_that_torchaudio_takes() -> None:
    for name, path in TORCHAUDIO_ALIGNERS.items():
        assert [file.path for file in aligner(name).files] == [path]


def test_a_preset_with_speakers_needs_segmentation_embedding_and_plda() -> None:
    models = {model.kind: model for model in models_of(PRESETS["premium"])}
    assert list(models) == ["voice activity", "speech", "aligner", "sentences", "diarizer"]
    folders = {file.path.partition("/")[0] for file in models["diarizer"].files}
    assert folders == {"config.yaml", "segmentation", "embedding", "plda"}


def test_languages_are_those_of_the_preset_or_those_asked_for() -> None:
    kinds = [
        model.name for model in models_of(PRESETS["fast"], ("de", "nl")) if model.kind == "aligner"
    ]
    assert kinds == ["VOXPOPULI_ASR_BASE_10K_DE", "jonatasgrosman/wav2vec2-large-xlsr-53-dutch"]
    english = [model.name for model in models_of(PRESETS["small.en"], ("de",))]
    assert "WAV2VEC2_ASR_BASE_960H" in english


def test_a_model_of_ones_own_has_the_files_of_its_kind() -> None:
    model = speech("acme/calls")
    assert (model.repository, model.revision) == ("acme/calls", "main")
    assert model.size_bytes is None


@pytest.mark.parametrize(
    "name", ["../calls", "/calls", "acme/../../calls", "a\nb", "", "a//b", "-x"]
)
def test_a_name_that_can_not_be_a_folder_is_refused(name: str) -> None:
    with pytest.raises(ModelRefused):
        speech(name)


def test_the_voice_activity_model_of_the_package_is_the_one_in_the_table() -> None:
    from whisperfarm_models.digests import sha256_of
    from whisperfarm_models.search_path import voice_activity_weights

    [file] = inventory.voice_activity().files
    weights = voice_activity_weights()
    assert (weights.stat().st_size, sha256_of(weights)) == (file.size_bytes, file.sha256)
