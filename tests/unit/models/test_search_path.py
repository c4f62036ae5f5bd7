"""The folders in which models are searched."""

from pathlib import Path

import pytest

from whisperfarm_contract.presets import DETECTORS
from whisperfarm_models.search_path import ModelPaths, model_paths, voice_activity_weights


@pytest.fixture
def found(tmp_path: Path) -> ModelPaths:
    """Return the operator's folder, a bundled one, and the caches below the operator's."""
    return model_paths(tmp_path / "own", tmp_path / "bundled", environ={})


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def test_models_folder_precedes_the_bundled_one(found: ModelPaths, tmp_path: Path) -> None:
    bundled = _folder(tmp_path / "bundled" / "demo" / "asr")
    assert found.find("demo/asr") == bundled
    own = _folder(tmp_path / "own" / "demo" / "asr")
    assert found.find("demo/asr") == own


def test_find_returns_none_for_a_missing_model(found: ModelPaths, tmp_path: Path) -> None:
    assert found.find("small") is None
    assert found.download_path("small") == tmp_path / "own" / "small"


def _cached(hub: Path, repository: str) -> Path:
    cache = hub / f"models--{repository.replace('/', '--')}"
    (cache / "refs").mkdir(parents=True)
    (cache / "refs" / "main").write_text("abc\n")
    return _folder(cache / "snapshots" / "abc")


def test_find_resolves_a_size_in_the_hub_cache(found: ModelPaths, tmp_path: Path) -> None:
    snapshot = _cached(tmp_path / "own" / "hub", "Systran/faster-whisper-small")
    assert found.find("small") == snapshot


def test_find_resolves_a_repository_in_the_hub_cache(found: ModelPaths, tmp_path: Path) -> None:
    snapshot = _cached(tmp_path / "own" / "hub", "someone/aligner")
    assert found.find("someone/aligner") == snapshot


def test_find_ignores_a_cache_without_snapshot(found: ModelPaths, tmp_path: Path) -> None:
    _cached(tmp_path / "own" / "hub", "someone/aligner").rmdir()
    assert found.find("someone/aligner") is None


def test_find_returns_the_file_of_a_torchaudio_aligner(found: ModelPaths, tmp_path: Path) -> None:
    file = tmp_path / "own/torch/hub/checkpoints/wav2vec2_fairseq_base_ls960_asr_ls960.pth"
    assert found.find("WAV2VEC2_ASR_BASE_960H") is None
    assert found.download_path("WAV2VEC2_ASR_BASE_960H") == file
    _folder(file.parent)
    file.touch()
    assert found.find("WAV2VEC2_ASR_BASE_960H") == file


def test_cache_variables_are_respected(tmp_path: Path) -> None:
    environ = {"HF_HOME": "/hf", "TORCH_HOME": "/torch"}
    found = model_paths(tmp_path, environ=environ)
    assert (found.hub, found.torch, found.folders) == (Path("/hf/hub"), Path("/torch"), (tmp_path,))
    assert model_paths(tmp_path, environ={**environ, "HF_HUB_CACHE": "/hub"}).hub == Path("/hub")


def test_sentence_folders_finds_nltk_folders(found: ModelPaths, tmp_path: Path) -> None:
    folders = [_folder(tmp_path / "own" / "nltk"), _folder(tmp_path / "bundled" / "demo" / "nltk")]
    assert found.sentence_folders() == tuple(folders)


@pytest.mark.parametrize("detector", DETECTORS)
def test_voice_activity_weights_are_in_a_package(detector: str) -> None:
    assert voice_activity_weights(detector).stat().st_size > 1_000_000
