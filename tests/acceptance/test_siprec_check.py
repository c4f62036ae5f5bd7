"""`whisperfarm siprec check` against a farm, with the built client as SIPREC's command."""

from pathlib import Path

import pytest

from tests.support.farm import EmbeddedFarm
from tests.support.farm_command import whisperfarm

pytestmark = pytest.mark.slow


def variables(folder: Path, **changes: str) -> Path:
    """Write SIPREC's file of variables."""
    path = folder / ".env"
    path.write_text("".join(f"{name}={value}\n" for name, value in changes.items()))
    return path


def test_check_runs_a_job_as_siprec_does(farm: EmbeddedFarm, client: Path, tmp_path: Path) -> None:
    good = {
        "WHISPER_BINARY_PATH": str(client),
        "WHISPER_MODEL": "demo",
        "WHISPER_TIMEOUT": "40s",
        "WHISPERFARM_DEADLINE": "40s",
        "WHISPERFARM_SAMPLE_RATE": "8000",  # while the header says 16000
        "RECORDING_DIR": str(tmp_path),
        "WHISPERFARM_URL": farm.url,
    }
    ended = whisperfarm("siprec", "check", "--env-file", variables(tmp_path, **good))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    names = [line.split()[:2] for line in ended.stdout.splitlines()]
    wanted = ("command", "timeout", "rate", "folder", "farm", "job")
    assert names == [["ok", name] for name in wanted]
    assert "thank you for calling" in ended.stdout.lower()


def test_check_reports_a_farm_that_does_not_answer(client: Path, tmp_path: Path) -> None:
    bad = {
        "WHISPER_BINARY_PATH": str(client),
        "WHISPER_TIMEOUT": "5s",
        "WHISPERFARM_URL": "http://127.0.0.1:1",
        "WHISPERFARM_CONNECT_TIMEOUT": "1",
    }
    ended = whisperfarm("siprec", "check", "--env-file", variables(tmp_path, **bad))
    assert ended.returncode == 1
    found = {
        line.split()[1]: line.split()[0] for line in ended.stdout.splitlines() if "->" not in line
    }
    assert (found["farm"], found["job"], found["command"]) == ("BAD", "BAD", "ok")
