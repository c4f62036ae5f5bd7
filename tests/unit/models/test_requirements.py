"""What a preset needs."""

from dataclasses import replace
from pathlib import Path

import pytest

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import ModelMissing, SettingsWrong
from whisperfarm_models import Places, check, lockfile, needs, places
from whisperfarm_models.engine_spec import FASTER_WHISPER
from whisperfarm_models.inventory import sentences
from whisperfarm_models.lockfile import Pinned, PinnedFile, PinnedModel

PRESET = Preset(
    name="calls",
    asr="my/asr",
    aligner="my/align",
    languages=("en",),
    diarize=True,
    diarizer="my/who",
)

PREFERRED = {"pytorch_model.bin": "model.safetensors", "vocabulary.txt": "vocabulary.json"}
"""Where either of two files will do, the one that is named when both are missing."""

DIARIZER = """
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params: {segmentation: $model/segmentation, embedding: $model/voices, plda: $model/plda, step: 1}
"""

FILES = {
    "asr": ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"),
    "align": ("config.json", "pytorch_model.bin", "preprocessor_config.json", "vocab.json"),
    "who": ("segmentation/pytorch_model.bin", "voices/pytorch_model.bin",
            "plda/xvec_transform.npz", "plda/plda.npz"),
}  # fmt: skip


@pytest.fixture
def complete(tmp_path: Path) -> Places:
    """A folder in which nothing is missing."""
    for model, files in FILES.items():
        for file in files:
            path = tmp_path / "my" / model / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
    (tmp_path / "my" / "who" / "config.yaml").write_text(DIARIZER)
    for model_file in sentences("en").files:
        path = tmp_path / sentences("en").folder / model_file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return places(tmp_path, environ={})


def test_a_preset_needs_its_models_and_the_one_for_voice_activity(complete: Places) -> None:
    kinds = [(need.kind, need.model) for need in needs(PRESET, complete)]
    assert kinds == [
        ("voice activity", "whisperx"), ("speech", "my/asr"), ("aligner", "my/align"),
        ("diarizer", "my/who"), ("sentences", "punkt-english"),
    ]  # fmt: skip


def test_when_all_is_there_a_preset_is_complete(complete: Places) -> None:
    assert all(need.present for need in needs(PRESET, complete))
    check([PRESET], complete)


@pytest.mark.parametrize(
    "file", [f"{model}/{file}" for model, files in FILES.items() for file in files]
)
def test_a_missing_file_is_named(complete: Places, tmp_path: Path, file: str) -> None:
    path = tmp_path / "my" / file
    path.unlink()
    with pytest.raises(ModelMissing, match="whisperfarm models list") as caught:
        check([PRESET], complete)
    named = path if file.startswith("who") else path.with_name(PREFERRED.get(path.name, path.name))
    assert str(named) in caught.value.detail
    assert "preset calls" in caught.value.detail


def test_an_empty_file_is_missing(complete: Places, tmp_path: Path) -> None:
    (tmp_path / "my/asr/model.bin").write_bytes(b"")
    with pytest.raises(ModelMissing, match=r"model\.bin is empty"):
        check([PRESET], complete)


def test_the_command_that_mends_it_is_named(complete: Places, tmp_path: Path) -> None:
    (tmp_path / "my/who/plda/plda.npz").unlink()
    with pytest.raises(ModelMissing, match="whisperfarm models pull --presets calls"):
        check([PRESET], complete)


def test_a_preset_with_speakers_is_not_complete_without_a_diarizer(complete: Places) -> None:
    preset = replace(PRESET, diarizer="pyannote/speaker-diarization-community-1")
    with pytest.raises(ModelMissing, match=r"the diarizer model .*config\.yaml is missing"):
        check([preset], complete)


def test_without_sentence_data_a_preset_that_aligns_is_not_complete(
    complete: Places, tmp_path: Path
) -> None:
    (tmp_path / "nltk/tokenizers/punkt_tab/english/abbrev_types.txt").unlink()
    with pytest.raises(ModelMissing, match="abbrev_types"):
        check([PRESET], complete)


def test_a_file_of_another_length_than_was_pinned_is_named(
    complete: Places, tmp_path: Path
) -> None:
    files = {"model.bin": PinnedFile(7, "0" * 64)}
    model = PinnedModel(name="my/asr", kind="speech", files=files)
    lockfile.write(tmp_path, Pinned().with_models([model]))
    with pytest.raises(ModelMissing, match=r"model\.bin has 1 bytes instead of 7"):
        check([PRESET], complete)


def test_a_model_that_is_nowhere_is_named_by_where_it_should_be(tmp_path: Path) -> None:
    found = places(tmp_path, environ={})
    with pytest.raises(ModelMissing) as caught:
        check([Preset(name="fast", asr="tiny")], found)
    assert str(tmp_path / "tiny" / "model.bin") in caught.value.detail


def test_a_preset_of_all_languages_starts_without_aligners(complete: Places) -> None:
    preset = Preset(name="any", asr="my/asr")
    assert [need.kind for need in needs(preset, complete)] == ["voice activity", "speech"]


def test_a_preset_of_some_languages_needs_their_usual_aligners(complete: Places) -> None:
    preset = Preset(name="some", asr="my/asr", languages=("en", "de", "sw"))
    aligners = [need.model for need in needs(preset, complete) if need.kind == "aligner"]
    assert aligners == ["WAV2VEC2_ASR_BASE_960H", "VOXPOPULI_ASR_BASE_10K_DE"]


def test_sizes_are_told(complete: Places) -> None:
    speech = needs(PRESET, complete)[1]
    assert [file.size_bytes for file in speech.files] == [1, 1, 1, 1]
    assert all(file.present for file in speech.files)


def test_a_diarizer_whose_configuration_is_broken_is_left_to_loading(
    complete: Places, tmp_path: Path
) -> None:
    (tmp_path / "my/who/config.yaml").write_text("pipeline: [")
    assert [file.path.name for file in needs(PRESET, complete)[3].files] == ["config.yaml"]


def test_an_engine_without_an_aligner_or_a_diarizer_needs_no_models_for_them(
    complete: Places,
) -> None:
    words = replace(PRESET, diarize=False)
    found = needs(words, complete, FASTER_WHISPER)
    kinds = [(need.kind, need.model) for need in found]
    assert kinds == [
        ("voice activity", "faster-whisper"), ("speech", "my/asr"), ("sentences", "punkt-english"),
    ]  # fmt: skip
    assert found[0].present
    check([words], complete, FASTER_WHISPER)


def test_speakers_from_an_engine_that_can_not_tell_them_apart_are_refused_with_a_mend(
    complete: Places,
) -> None:
    with pytest.raises(SettingsWrong, match=r"calls diarizes.*demo-words.*\[worker\]"):
        check([PRESET], complete, FASTER_WHISPER)
