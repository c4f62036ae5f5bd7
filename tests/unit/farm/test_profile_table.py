"""What the operator sees of a profile."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.project import ROOT
from whisperfarm.command import cli
from whisperfarm.doctor.profile import profile
from whisperfarm_worker.settings import WorkerSettings

EDGE = ROOT / "examples/profiles/edge.yaml"


def test_settings_show_what_follows_from_the_profile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WHISPERFARM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WHISPERFARM_PROFILE", "")  # restored afterwards
    shown = CliRunner().invoke(cli, ["--profile", str(EDGE), "settings"]).output
    assert "| `profile-standard` | distil_whisper_large_v3 | distil-large-v3 | - |" in shown
    assert "`WHISPERFARM_COMPUTE_TYPE=int8`" in shown
    assert "optimization.model_pruning has no effect" in shown
    assert "picovoice_falcon is not used" in shown


def test_doctor_names_what_is_replaced(tmp_path: Path) -> None:
    findings = list(profile(WorkerSettings(profile=EDGE, data_dir=tmp_path)))
    assert {finding.severity for finding in findings} == {"note"}
    assert any("picovoice_falcon is not used" in finding.text for finding in findings)


def test_doctor_is_content_with_a_profile_that_can_be_had(tmp_path: Path) -> None:
    (tmp_path / "demo.yaml").write_text("engines: {primary: demo-words}")
    [finding] = profile(WorkerSettings(profile=tmp_path / "demo.yaml", data_dir=tmp_path))
    assert finding.severity == "ok"


def test_farm_without_a_profile_has_no_finding(tmp_path: Path) -> None:
    assert list(profile(WorkerSettings(data_dir=tmp_path))) == []
