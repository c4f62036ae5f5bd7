"""`make bench`: runs all benchmarks and prints the figures.

With the name of a document, replaces the table between the two markers in it.
"""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import decode, diarization, first_byte, keep_alive, latency, readiness, throughput
from bench.farm import ROOT, running
from bench.figure import Figure, markdown

BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"
AUDIO = ROOT / "samples" / "support-call.wav"


def main() -> None:
    """Measure, print the figures, and write them into the given documents."""
    figures = list(_measure())
    table = f"{_machine()}\n\n{markdown(figures)}"
    print(table)
    for document in sys.argv[1:]:
        _write(Path(document), table)


def _measure() -> Iterator[Figure]:
    _say("the client's start, beside curl")
    yield from first_byte.measure(AUDIO)
    _say("decoding, beside ffmpeg")
    yield from decode.measure()
    _say("diarization, beside the pyannote pipeline")
    yield from diarization.measure()
    _say("WhisperX alone (imports, loads, and all files one after the other)")
    baseline = throughput.alone(AUDIO)
    with tempfile.TemporaryDirectory(prefix="whisperfarm-bench-") as folder:
        _say("a farm's start")
        with running(Path(folder)) as farm:
            yield from readiness.measure(farm.log, baseline)
            _say("submit to start, beside bare Celery")
            yield from latency.measure(farm, AUDIO)
            _say("requests for one job on one connection")
            yield from keep_alive.measure(farm, AUDIO.read_bytes())
            _say("the same files through the farm")
            yield throughput.measure(farm, AUDIO, baseline)


def _say(what: str) -> None:
    print(f"measuring {what} ...", file=sys.stderr, flush=True)


def _machine() -> str:
    return (
        f"{os.cpu_count()} CPU cores ({platform.machine()}), no GPU, Python"
        f" {platform.python_version()}, demo models."
    )


def _write(document: Path, table: str) -> None:
    before, rest = document.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    document.write_text(f"{before}{BEGIN}{table}\n{END}{after}", encoding="utf-8")


main()
