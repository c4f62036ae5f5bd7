"""`whisperfarm models`, as an operator runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.model_hub import HubStub
from tests.support.environment import environment
from tests.support.small_model import NAME

pytestmark = pytest.mark.slow

PRESETS = f'[calls]\nasr = "{NAME}"\nalign = false\n'


def _models(folder: Path, *line: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    (folder / "presets.toml").write_text(PRESETS)
    settings = {
        "WHISPERFARM_DATA_DIR": str(folder / "data"),
        "WHISPERFARM_PRESETS_FILE": str(folder / "presets.toml"),
        "WHISPERFARM_PRESETS": "calls",
        **environ,
    }
    command = [sys.executable, "-m", "whisperfarm", "models", *line]
    return subprocess.run(
        command, env=environment(**settings), capture_output=True, text=True, check=False
    )


def test_commands_pull_list_verify_and_pin(hub: HubStub, tmp_path: Path) -> None:
    hub.token = "hf_secret"
    missing = _models(tmp_path, "verify")
    assert missing.returncode == 78
    assert "models pull" in missing.stderr
    pulled = _models(tmp_path, "pull", HF_TOKEN="hf_secret", HF_ENDPOINT=hub.url)
    assert pulled.returncode == 0, pulled.stderr
    assert "hf_secret" not in pulled.stdout + pulled.stderr
    assert _models(tmp_path, "list").returncode == 0
    assert _models(tmp_path, "verify").returncode == 0
    shown = json.loads(_models(tmp_path, "inventory").stdout)
    assert [model["name"] for model in shown["models"]] == [NAME]
    (tmp_path / "data" / "models" / NAME / "model.bin").write_bytes(bytes(300_000))
    damaged = _models(tmp_path, "verify")
    assert (damaged.returncode, "model.bin" in damaged.stderr) == (65, True)


def test_hub_pull_is_rejected_offline(tmp_path: Path) -> None:
    ended = _models(tmp_path, "pull", HF_HUB_OFFLINE="1")
    assert ended.returncode == 78
    assert "HF_HUB_OFFLINE" in ended.stderr


def test_demo_needs_no_pull(hub: HubStub, tmp_path: Path) -> None:
    ended = _models(tmp_path, "pull", "--presets", "demo", HF_ENDPOINT=hub.url)
    assert ended.returncode == 0, ended.stderr
    assert hub.asked == []
