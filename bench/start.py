"""`make bench-start`: the time from the start of a worker's process to its readiness, by phases.

The baseline, measured in turns, is a process that imports WhisperX and loads the same models. With
the name of a document, replaces the table between the two markers in it.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import random_models
from bench.document import machine, write
from bench.farm import environment
from bench.figure import Figure, markdown
from whisperfarm_contract.presets import Preset, get_preset, with_custom
from whisperfarm_demo import models_dir
from whisperfarm_store.ledger import Ledger, open_ledger

ROUNDS = int(os.environ.get("ROUNDS", "5"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The phases of one start, in seconds after the start of the process; `cpu_s` is CPU time."""

    imported_s: float
    loads: dict[str, float]
    ready_s: float
    cpu_s: float


def main() -> None:
    """Measure the demo preset and one of the size of `small`; print and write the figures."""
    with tempfile.TemporaryDirectory(prefix="whisperfarm-start-") as folder:
        models, own = Path(folder) / "models", Path(folder) / "presets.toml"
        _say("making models of small's size with random weights")
        random_models.make(models, models_dir() / "demo")
        own.write_text(random_models.PRESET)
        presets = with_custom(own)
        figures = [
            figure
            for name in ("demo", "small-sized")
            for figure in _measure(get_preset(name, presets), models, own)
        ]
    text = f"{machine()}\n\n{markdown(figures)}"
    print(text)
    for document in sys.argv[1:]:
        write(Path(document), text)


def _measure(preset: Preset, models: Path, own: Path) -> Iterator[Figure]:
    starts, alone = [], []
    for number in range(ROUNDS):
        _say(f"{preset.name}: start {number + 1} of {ROUNDS}")
        starts.append(_start(preset, models, own))
        alone.append(_alone(preset, models))
    yield from _figures(preset.name, starts, alone)


def _figures(name: str, starts: list[Start], alone: list[dict[str, float]]) -> Iterator[Figure]:
    def figure(what: str, values: list[float], baseline: str, *keys: str) -> Figure:
        return Figure(
            what=f"{name}: {what}", value=median(values), unit="s",
            baseline=f"WhisperX alone: {baseline}",
            baseline_value=median([sum(one[key] for key in keys) for one in alone]),
        )  # fmt: skip

    yield figure("libraries imported", [one.imported_s for one in starts], "the same", "import_s")
    for kind in starts[0].loads:
        loads = [one.loads[kind] for one in starts]
        yield figure(f"{kind} loaded", loads, "all loads together", "load_s")
    ready = [one.ready_s for one in starts]
    yield figure("process start to ready, median", ready, "its process, start to end", "whole_s")
    cpu = [one.cpu_s for one in starts]
    yield figure("CPU of it", cpu, "CPU", "cpu_s")


def _start(preset: Preset, models: Path, own: Path) -> Start:
    with tempfile.TemporaryDirectory(prefix="whisperfarm-data-") as data:
        told = environment(
            WHISPERFARM_DATA_DIR=data,
            WHISPERFARM_MODELS_DIR=str(models),
            WHISPERFARM_PRESETS=preset.name,
            WHISPERFARM_PRESETS_FILE=str(own),
            WHISPERFARM_LOG_FORMAT="json",
        )
        ledger = open_ledger(f"sqlite:///{data}/ledger.sqlite")
        ledger.migrate()
        log = Path(data) / "log"
        with log.open("wb") as output:
            began = time.perf_counter()
            command = [sys.executable, "-m", "whisperfarm", "worker"]
            with subprocess.Popen(command, env=told, stdout=output, stderr=output) as process:
                try:
                    _ready(ledger, process, log)
                    ready_s, cpu_s = time.perf_counter() - began, _cpu_s(process.pid)
                finally:
                    process.terminate()
        ledger.close()
        return _read(log, ready_s=ready_s, cpu_s=cpu_s)


def _ready(ledger: Ledger, process: "subprocess.Popen[bytes]", log: Path) -> None:
    while not any(sign.ready for sign in ledger.workers.list_live(within_s=60)):
        if process.poll() is not None:
            raise RuntimeError(f"the worker ended: {log.read_text()}")
        time.sleep(0.02)


def _read(log: Path, *, ready_s: float, cpu_s: float) -> Start:
    events = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    imported = next(one for one in events if one["event"] == "engine.imported")
    loads = [one for one in events if one["event"] == "Model loaded successfully"]
    return Start(
        imported_s=imported["took_s"],
        loads={one["kind"]: one["took_s"] for one in loads},
        ready_s=ready_s,
        cpu_s=cpu_s,
    )


def _alone(preset: Preset, models: Path) -> dict[str, float]:
    """Measure WhisperX on the same models, in seconds: imports, loads, total, total CPU time."""
    with tempfile.TemporaryDirectory(prefix="whisperfarm-alone-") as folder:
        named = {"asr": preset.asr, "align-en": preset.aligner, "diarize": preset.diarizer}
        for link, name in named.items():
            (Path(folder) / link).symlink_to(_place(name, models))
        before, began = _children_cpu_s(), time.perf_counter()
        command = [sys.executable, "-m", "bench.whisperx_alone", folder]
        ended = subprocess.run(
            command, env=environment(), capture_output=True, text=True, check=True
        )
        whole_s = time.perf_counter() - began
    told: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return {**told, "whole_s": whole_s, "cpu_s": _children_cpu_s() - before}


def _place(name: str, models: Path) -> Path:
    return next(folder / name for folder in (models, models_dir()) if (folder / name).is_dir())


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cpu_s(pid: int) -> float:
    """Return the CPU seconds of a running process: user and system time of all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _say(what: str) -> None:
    print(f"measuring {what} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
