"""The fingerprint of models: equal for workers that give the same transcripts."""

from dataclasses import replace
from pathlib import Path

import pytest

from whisperfarm_contract.presets import Preset
from whisperfarm_models.fingerprint import fingerprint
from whisperfarm_models.search_path import ModelPaths

PRESET = Preset(name="p", asr="asr", diarizer="none")
LARGE_BYTES = 40 << 20


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a small speech model."""
    folder = tmp_path / "asr"
    folder.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes(name.encode())
    return folder


def _made(model: Path, preset: Preset = PRESET) -> str:
    return fingerprint(
        preset, ModelPaths((model.parent,), model.parent / "hub", model.parent / "torch")
    )


def test_same_files_have_the_same_fingerprint(model: Path) -> None:
    assert _made(model) == _made(model)


def test_other_voice_activity_model_changes_the_fingerprint(model: Path) -> None:
    assert _made(model, replace(PRESET, vad="silero")) != _made(model)


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.txt"])
def test_changed_file_changes_the_fingerprint(model: Path, name: str) -> None:
    before = _made(model)
    content = bytearray((model / name).read_bytes())
    content[-1] ^= 1
    (model / name).write_bytes(content)
    assert _made(model) != before


@pytest.mark.parametrize("where", [0, (LARGE_BYTES - (1 << 20)) * 7 // 15, LARGE_BYTES - 1])
def test_large_file_is_sampled_over_its_length(model: Path, where: int) -> None:
    large = model / "model.bin"
    with large.open("wb") as file:
        file.truncate(LARGE_BYTES)
    before = _made(model)
    with large.open("r+b") as file:
        file.seek(where)
        file.write(b"x")
    assert _made(model) != before


def test_added_aligner_changes_the_fingerprint(model: Path) -> None:
    before = _made(model)
    aligner = model.parent / "torch" / "hub" / "checkpoints"
    aligner.mkdir(parents=True)
    (aligner / "wav2vec2_fairseq_base_ls960_asr_ls960.pth").write_bytes(b"weights")
    assert _made(model) != before
