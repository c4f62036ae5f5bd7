"""`make bench-batch`: `whisperfarm batch`, and the same recordings submitted directly, in turns.

Directly means: as many threads as the command has senders submit recordings that are in memory, and
then as many as it has collectors wait for the jobs and fetch the transcripts. With the name of a
document, replaces the table between the two markers in it.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from bench.document import machine, write
from bench.farm import ROOT, Farm, environment, running
from bench.figure import Figure, markdown
from bench.servers import load

AUDIO = (ROOT / "samples" / "support-call.wav").read_bytes()[:128_044]  # four seconds
FILES = int(os.environ.get("FILES", "100"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SENDERS, COLLECTORS = 4, 2


def main() -> None:
    """Measure, print the figures, and write them into the given documents."""
    before = load()
    with tempfile.TemporaryDirectory(prefix="whisperfarm-batch-bench-") as name:
        folder = Path(name)
        recordings = folder / "recordings"
        recordings.mkdir()
        for number in range(FILES):
            (recordings / f"{number}.wav").write_bytes(AUDIO)
        with running(folder) as farm:
            _directly(farm, 4)  # the first jobs of a worker are slower
            times = [_round(farm, recordings, folder / str(number)) for number in range(ROUNDS)]
    text = f"{machine()} Load before the run: {before}.\n\n{markdown(_figures(times))}"
    print(text)
    for document in sys.argv[1:]:
        write(Path(document), text)


def _round(farm: Farm, recordings: Path, output: Path) -> tuple[float, float]:
    """Return the seconds of the command and of the direct jobs, which change places in turns."""
    acts = [lambda: _by_command(farm, recordings, output), lambda: _directly(farm, FILES)]
    if int(output.name) % 2:
        acts.reverse()
    seconds = [act() for act in acts]
    if int(output.name) % 2:
        seconds.reverse()
    print(f"batch {seconds[0]:.1f} s, directly {seconds[1]:.1f} s", file=sys.stderr, flush=True)
    return seconds[0], seconds[1]


def _by_command(farm: Farm, recordings: Path, output: Path) -> float:
    command = [sys.executable, "-m", "whisperfarm", "batch", str(recordings), "--url", farm.url]
    began = time.perf_counter()
    subprocess.run(
        [*command, "--output", str(output), "--senders", str(SENDERS)],
        env=environment(), check=True, capture_output=True,
    )  # fmt: skip
    took_s = time.perf_counter() - began
    written = len(list(output.glob("*.json")))
    if written != FILES:
        raise RuntimeError(f"{written} of {FILES} transcripts were written")
    return took_s


def _directly(farm: Farm, count: int) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as senders, ThreadPoolExecutor(COLLECTORS) as collectors:
        ids = senders.map(farm.submit, [AUDIO] * count)
        for _ in collectors.map(lambda job_id: _transcript(farm, job_id), ids):
            pass
    return time.perf_counter() - began


def _transcript(farm: Farm, job_id: str) -> bytes:
    farm.ended(job_id)
    with urlopen(f"{farm.url}/v1/jobs/{job_id}/result", timeout=60) as answer:
        content: bytes = answer.read()
    return content


def _figures(times: list[tuple[float, float]]) -> list[Figure]:
    return [
        Figure(
            what=f"{FILES} recordings by whisperfarm batch, {name} of {ROUNDS} rounds",
            value=FILES / by_command, unit="/s",
            baseline="submitted directly", baseline_value=FILES / directly,
        )
        for name, (by_command, directly) in (
            ("median", tuple(map(median, zip(*times, strict=True)))),
            ("best", tuple(map(min, zip(*times, strict=True)))),
        )
    ]  # fmt: skip


if __name__ == "__main__":
    main()
