"""The settings and presets that follow from a profile."""

from pathlib import Path

import pytest

from tests.support.project import ROOT
from whisperfarm_contract.diarizers import PYANNOTE
from whisperfarm_store.profiles.effects import notes
from whisperfarm_store.profiles.reading import read_profile
from whisperfarm_store.settings import StoreSettings
from whisperfarm_worker.settings import WorkerSettings

CLOUD = ROOT / "examples/profiles/cloud_gpu.yaml"
EDGE = ROOT / "examples/profiles/edge.yaml"


def test_profile_sets_what_nothing_else_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_PROFILE", str(EDGE))
    monkeypatch.setenv("WHISPERX_BATCH_SIZE", "2")
    settings = WorkerSettings()
    assert (settings.threads, settings.compute_type, settings.batch_size) == (4, "int8", 2)
    assert WorkerSettings(profile=CLOUD).concurrency == 4


def test_presets_of_the_operator_are_served_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_PRESETS", "small,profile-critical")
    served = StoreSettings(profile=CLOUD).served_presets()
    assert list(served) == ["small", "profile-critical"]
    assert served["profile-critical"].asr == "large-v3-turbo"


def test_noisy_recordings_have_presets_if_another_engine_may_serve_them() -> None:
    assert StoreSettings(profile=EDGE).presets == (
        "profile-standard", "profile-fast", "profile-critical",
    )  # fmt: skip
    assert StoreSettings(profile=CLOUD).presets[3:] == (
        "profile-standard-noisy", "profile-fast-noisy", "profile-critical-noisy",
    )  # fmt: skip


def test_preset_keeps_the_limits_of_its_speech_model() -> None:
    preset = StoreSettings(profile=EDGE).served_presets()["profile-standard"]
    assert (preset.asr, preset.languages, preset.translates) == ("distil-large-v3", ("en",), False)
    assert (preset.diarize, preset.diarizer) == (True, PYANNOTE)
    assert preset.selection is not None
    assert preset.selection.profile == "edge.yaml"


def test_preset_of_the_operator_is_an_engine(tmp_path: Path) -> None:
    (tmp_path / "presets.toml").write_text('[calls]\nasr = "acme/calls"\nlanguages = ["de"]')
    (tmp_path / "profile.yaml").write_text("engines: {primary: calls}")
    settings = StoreSettings(
        profile=tmp_path / "profile.yaml", presets_file=tmp_path / "presets.toml"
    )
    assert settings.served_presets()["profile-fast"].asr == "acme/calls"


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        (CLOUD, ["engines.streaming", "resources.gpu_memory_limit",
                 "optimization.use_flash_attention", "optimization.fp16_precision"]),
        (EDGE, ["resources.gpu_memory_limit", "optimization.model_pruning"]),
    ],
)  # fmt: skip
def test_keys_without_effect_are_named(path: Path, keys: list[str]) -> None:
    assert [text.split()[0].rstrip(":") for text in notes(read_profile(path))] == keys
