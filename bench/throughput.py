"""Measures seconds of audio per second, compared with WhisperX on one file after the other."""

import json
import subprocess
import sys
import time
from pathlib import Path

from bench.farm import Farm, environment
from bench.figure import Figure
from whisperfarm_demo import models_dir

FILES = 16


def alone(audio: Path) -> dict[str, float]:
    """Return the seconds that the baseline takes for imports, loads and all files."""
    models = models_dir() / "demo"
    command = [sys.executable, "-m", "bench.whisperx_alone", str(models), *[str(audio)] * FILES]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    times: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return times


def measure(farm: Farm, audio: Path, baseline: dict[str, float]) -> Figure:
    """Submit all files at once, and measure until the last transcript is finished."""
    content = audio.read_bytes()
    began = time.perf_counter()
    job_ids = [farm.submit(content) for _ in range(FILES)]
    seconds = sum(farm.ended(job_id)["audio"]["duration_s"] for job_id in job_ids)
    took_s = time.perf_counter() - began
    return Figure(
        what=f"{FILES} calls of {seconds / FILES:.0f} s at once, audio per second",
        value=seconds / took_s, unit="s/s",
        baseline="WhisperX alone, one file after the other",
        baseline_value=seconds / baseline["files_s"],
    )  # fmt: skip
