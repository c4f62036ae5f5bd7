"""The command where no worker is installed, as in the dispatcher's image."""

import subprocess
import sys
from pathlib import Path

_ENGINES = ("numpy", "torch", "whisperx", "pyannote", "faster_whisper", "ctranslate2")

_HIDDEN = f"""
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {_ENGINES!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hidden())
import importlib.util
seen = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name in {_ENGINES!r} else seen(name, *more)

from whisperfarm.command import main
main()
"""


def _whisperfarm(*line: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", _HIDDEN, *line]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_commands_work_without_an_engine() -> None:
    ended = _whisperfarm("dispatcher", "--help")
    assert ended.returncode == 0, ended.stderr


def test_doctor_reports_a_missing_engine(tmp_path: Path) -> None:
    ended = _whisperfarm("doctor", "--data-dir", str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert "note  worker    no engine is installed" in ended.stdout
    assert "database" in ended.stdout
