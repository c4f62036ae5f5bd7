"""The anonymous memory of a worker's process in each stage, for one long recording.

The recording repeats the sample support call. The stages run in this process, with the demo models.
"""

import json
import re
import sys
import wave
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.concurrency import repeated
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import PRESETS
from whisperfarm_demo import models_dir, samples_dir
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.local import load_engine, transcribe_file
from whisperfarm_worker.process import free_memory
from whisperfarm_worker.process.environment import set_offline
from whisperfarm_worker.settings import WorkerSettings

_POLL_S = 0.02


def main(engine_name: str, hours: list[float], every_s: float, preset: str) -> None:
    """Print one JSON object per recording: MiB before it, the peak in each stage, and after it."""
    set_offline(models_dir())
    with TemporaryDirectory() as folder:
        settings = WorkerSettings(
            data_dir=Path(folder), engine=engine_name, device="cpu", presets=(preset,)
        )
        engine = load_engine(settings, bundled_models=models_dir())
        for length in hours:
            recording = Path(folder, "recording.wav")
            _write(recording, round(length * 3600), every_s=every_s)
            print(json.dumps({"hours": length, **_measure(recording, engine, preset)}), flush=True)


def _measure(recording: Path, engine: Engine, preset: str) -> dict[str, object]:
    before, monitor = anonymous_mib(), _StageMonitor()
    with repeated(monitor.sample, every_s=_POLL_S):
        transcribe_file(
            recording,
            preset=PRESETS[preset],
            engine=engine,
            options=Options(),
            monitor=monitor,
            max_audio_s=100 * 3600.0,
        )
    free_memory.return_to_system()
    return {"before": before, "peaks": monitor.peaks, "after": anonymous_mib()}


class _StageMonitor(NullMonitor):
    """Monitor that keeps the peak of each stage in MiB."""

    def __init__(self) -> None:
        self.peaks: dict[str, int] = {}
        self._stage = "fetch"

    def report_progress(self, stage: str, fraction: float) -> None:
        super().report_progress(stage, fraction)
        self._stage = stage

    def sample(self) -> None:
        self.peaks[self._stage] = max(self.peaks.get(self._stage, 0), anonymous_mib())


def anonymous_mib() -> int:
    """Return the anonymous memory of this process in MiB: without files that are mapped."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) // 1024 if found else 0


def _write(path: Path, seconds: int, *, every_s: float) -> None:
    """Write a WAV file in which the call begins every `every_s` seconds, with silence between."""
    with wave.open(str(samples_dir() / "support-call.wav")) as sample:
        rate = sample.getframerate()
        call = sample.readframes(sample.getnframes())
    period = call.ljust(2 * round(rate * every_s), b"\0")
    count, rest = divmod(2 * rate * seconds, len(period))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        for _ in range(count):
            file.writeframes(period)
        file.writeframes(period[:rest])


if __name__ == "__main__":
    engine_name, hours, every_s, preset = sys.argv[1:]
    main(engine_name, [float(one) for one in hours.split(",")], float(every_s), preset)
