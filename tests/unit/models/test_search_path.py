"""Where models lie."""

from pathlib import Path

import pytest

from whisperfarm_models.search_path import Places, places, voice_activity_weights


@pytest.fixture
def found(tmp_path: Path) -> Places:
    """The operator's folder, a bundled one and the caches below the operator's."""
    return places(tmp_path / "own", tmp_path / "bundled", environ={})


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def test_the_operators_folder_goes_before_the_bundled_one(found: Places, tmp_path: Path) -> None:
    bundled = _folder(tmp_path / "bundled" / "demo" / "asr")
    assert found.find("demo/asr") == bundled
    own = _folder(tmp_path / "own" / "demo" / "asr")
    assert found.find("demo/asr") == own


def test_a_model_that_is_nowhere_is_none_and_should_be_in_the_operators_folder(
    found: Places, tmp_path: Path
) -> None:
    assert found.find("small") is None
    assert found.wanted("small") == tmp_path / "own" / "small"


def _cached(hub: Path, repository: str) -> Path:
    cache = hub / f"models--{repository.replace('/', '--')}"
    (cache / "refs").mkdir(parents=True)
    (cache / "refs" / "main").write_text("abc\n")
    return _folder(cache / "snapshots" / "abc")


def test_a_whisper_size_is_found_in_the_hubs_cache(found: Places, tmp_path: Path) -> None:
    snapshot = _cached(tmp_path / "own" / "hub", "Systran/faster-whisper-small")
    assert found.find("small") == snapshot


def test_a_repository_is_found_in_the_hubs_cache(found: Places, tmp_path: Path) -> None:
    snapshot = _cached(tmp_path / "own" / "hub", "someone/aligner")
    assert found.find("someone/aligner") == snapshot


def test_a_cache_without_its_snapshot_is_nothing(found: Places, tmp_path: Path) -> None:
    _cached(tmp_path / "own" / "hub", "someone/aligner").rmdir()
    assert found.find("someone/aligner") is None


def test_a_torchaudio_aligner_is_a_file_in_torchs_cache(found: Places, tmp_path: Path) -> None:
    file = tmp_path / "own/torch/hub/checkpoints/wav2vec2_fairseq_base_ls960_asr_ls960.pth"
    assert found.find("WAV2VEC2_ASR_BASE_960H") is None
    assert found.wanted("WAV2VEC2_ASR_BASE_960H") == file
    _folder(file.parent)
    file.touch()
    assert found.find("WAV2VEC2_ASR_BASE_960H") == file


def test_caches_that_the_operator_names_are_used(tmp_path: Path) -> None:
    environ = {"HF_HOME": "/hf", "TORCH_HOME": "/torch"}
    found = places(tmp_path, environ=environ)
    assert (found.hub, found.torch, found.folders) == (Path("/hf/hub"), Path("/torch"), (tmp_path,))
    assert places(tmp_path, environ={**environ, "HF_HUB_CACHE": "/hub"}).hub == Path("/hub")


def test_sentence_folders_are_found_beside_models_and_among_them(
    found: Places, tmp_path: Path
) -> None:
    folders = [_folder(tmp_path / "own" / "nltk"), _folder(tmp_path / "bundled" / "demo" / "nltk")]
    assert found.sentence_folders() == tuple(folders)


def test_the_voice_activity_weights_came_with_whisperx() -> None:
    assert voice_activity_weights().stat().st_size > 1_000_000
