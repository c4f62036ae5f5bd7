"""The script of the `helm test` pod, against a running farm."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import chart
from tests.support.chart_values import EVERYTHING
from tests.support.environment import environment
from tests.support.farm import EmbeddedFarm
from tests.support.recordings import wav

pytestmark = pytest.mark.slow

PROGRAMS = Path(sys.executable).parent


def _run(url: str, tmp_path: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    [container] = chart.rendered(EVERYTHING).one("Pod", "-test")["spec"]["containers"]
    given = chart.environment(container)
    assert given.pop("WHISPERFARM_API_KEY") == ("whisperfarm", "test-api-key")
    programs = f"{tmp_path}:{PROGRAMS}:{os.environ['PATH']}"
    settings = {**given, "PATH": programs, "TMPDIR": str(tmp_path), "WHISPERFARM_URL": url}
    return subprocess.run(
        [*container["command"], *container["args"]],
        env=environment(**{**settings, "PRESET": "demo", **changed}),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_chart_test_passes_for_a_working_farm(farm: EmbeddedFarm, tmp_path: Path) -> None:
    ended = _run(farm.url, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "s of audio, " in ended.stdout
    assert " 0 words" not in ended.stdout


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"PRESET": "no-such-preset"}, "no-such-preset"),
        ({"WHISPERFARM_URL": "http://127.0.0.1:1"}, ""),
    ],
)
def test_chart_test_fails_for_a_failing_farm(
    farm: EmbeddedFarm, tmp_path: Path, changed: dict[str, str], words: str
) -> None:
    ended = _run(farm.url, tmp_path, WHISPERFARM_CONNECT_TIMEOUT="1", **changed)
    assert ended.returncode != 0
    assert words in ended.stderr


def test_chart_test_fails_for_a_transcript_without_words(
    farm: EmbeddedFarm, tmp_path: Path
) -> None:
    silence = tmp_path / "support-call.wav"
    silence.write_bytes(wav(seconds=1))
    instead = tmp_path / "whisper-remote"  # words of the sample
    instead.write_text(f'#!/bin/sh\nshift\nexec {PROGRAMS}/whisper-remote {silence} "$@"\n')
    instead.chmod(0o755)
    ended = _run(farm.url, tmp_path)
    assert ended.returncode != 0
    assert "the transcript has no words" in ended.stderr
