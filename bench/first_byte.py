"""Measures the time from the client's start to the first byte that it sends, compared with curl."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.farm import CLIENT, environment
from bench.figure import Figure

TRIALS = 30


def measure(audio: Path) -> Iterator[Figure]:
    """Measure client and curl in turns, so that both see the same load of the machine."""
    curl = shutil.which("curl")
    if curl is None:
        print("curl is not installed: the client's start is not measured", file=sys.stderr)
        return
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        upload = [curl, "-s", "--data-binary", f"@{audio}", f"{url}/v1/jobs"]
        transcribe = [sys.executable, str(CLIENT), str(audio), "--output_format", "json"]
        pairs = [(_first_byte_s(transcribe, url, server), _first_byte_s(upload, url, server))
                 for _ in range(TRIALS)]  # fmt: skip
    ours, theirs = (median(times) * 1000 for times in zip(*pairs, strict=True))
    yield Figure(
        what=f"client start to first byte sent, median of {TRIALS}",
        value=ours, unit="ms", baseline="curl", baseline_value=theirs,
    )  # fmt: skip


def _first_byte_s(command: Sequence[str], url: str, server: socket.socket) -> float:
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        env=environment(WHISPERFARM_URL=url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        connection, _ = server.accept()
        with connection:
            connection.recv(1)
            took = time.perf_counter() - began
            process.kill()
    return took
