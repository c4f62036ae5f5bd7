"""The settings of a worker."""

from pathlib import Path

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_worker.settings import WorkerSettings


def test_every_setting_has_a_default(tmp_path: Path) -> None:
    settings = WorkerSettings(data_dir=tmp_path)
    assert settings.models_path == tmp_path / "models"
    assert settings.scratch_path == tmp_path / "tmp"
    assert ":" in settings.worker_name
    assert (settings.device, settings.batch_size, settings.concurrency) == ("auto", None, 4)


@pytest.mark.parametrize("name", ["WHISPERFARM_BATCH_SIZE", "WHISPERX_BATCH_SIZE"])
def test_batch_size_has_two_variables(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "3")
    assert WorkerSettings().batch_size == 3


def test_own_batch_size_variable_takes_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERX_BATCH_SIZE", "3")
    monkeypatch.setenv("WHISPERFARM_BATCH_SIZE", "5")
    assert WorkerSettings().batch_size == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WHISPERFARM_DEVICE", "tpu"),
        ("WHISPERFARM_DEVICE", "cuda:x"),
        ("WHISPERFARM_CONCURRENCY", "0"),
        ("WHISPERFARM_BATCH_SIZE", "many"),
        ("WHISPERFARM_COMPUTE_TYPE", "float7"),
        ("WHISPERFARM_DRAIN_S", "-1"),
        ("WHISPERFARM_THREADS", "0"),
    ],
)
def test_unusable_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings, match=name):
        WorkerSettings()


def test_every_setting_is_described() -> None:
    assert all(field.description for field in WorkerSettings.model_fields.values())
