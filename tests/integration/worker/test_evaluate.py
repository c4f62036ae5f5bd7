"""`whisperfarm evaluate` with the demo models, on recordings with true references."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.recordings import SUPPORT_CALL

pytestmark = pytest.mark.slow


def _with_references(folder: Path) -> None:
    """Copy the support call, with its text and speakers, and pyannote's sample with speakers."""
    shutil.copy(SUPPORT_CALL, folder / "call.wav")
    said = json.loads(SUPPORT_CALL.with_suffix(".json").read_text("utf-8"))
    (folder / "call.txt").write_text(said["text"], "utf-8")
    turns = [
        f"SPEAKER call 1 {turn['start']} {turn['end'] - turn['start']} <NA> <NA> {turn['speaker']}"
        for turn in said["turns"]
    ]
    (folder / "call.rttm").write_text("\n".join(turns), "utf-8")
    found = find_spec("pyannote.audio")
    assert found is not None
    assert found.origin is not None
    for suffix in ("wav", "rttm"):
        shutil.copy(Path(found.origin).parent / "sample" / f"sample.{suffix}", folder)


def test_errors_are_measured_and_unreadable_recordings_named(tmp_path: Path) -> None:
    _with_references(tmp_path)
    (tmp_path / "broken.wav").write_bytes(b"no sound")
    (tmp_path / "broken.txt").write_text("hello", "utf-8")
    ended = subprocess.run(
        [
            sys.executable, "-m", "whisperfarm", "evaluate", str(tmp_path), "--device", "cpu",
            "--data-dir", str(tmp_path / ".data"), "--json", str(tmp_path / "rates.json"),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "broken.wav is left out: demo: " in ended.stderr
    assert "all 2" in ended.stdout
    recordings = json.loads((tmp_path / "rates.json").read_text("utf-8"))["presets"]["demo"][
        "recordings"
    ]
    assert recordings["call.wav"]["wer"] < 0.05
    assert recordings["call.wav"]["der"] < 0.1
    assert recordings["sample.wav"]["wer"] is None
    assert 0 < recordings["sample.wav"]["der"] < 1.5
