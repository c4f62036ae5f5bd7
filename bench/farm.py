"""Starts a farm in a temporary folder for benchmarks."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.servers.ports import free_ports
from tests.support.environment import environment as clean_environment

ROOT = Path(__file__).parents[1]
CLIENT = ROOT / "dist" / "whisper-remote"


@dataclass(frozen=True, slots=True)
class Farm:
    """A ready farm, with the time it took to become ready."""

    url: str
    ready_after_s: float
    log: Path

    def submit(self, audio: bytes) -> str:
        """Submit a job and return its id."""
        request = Request(f"{self.url}/v1/jobs", data=audio, headers={"Content-Type": "audio/wav"})
        with urlopen(request, timeout=60) as answer:
            return str(json.load(answer)["id"])

    def ended(self, job_id: str) -> dict[str, Any]:
        """Wait until the job has ended and return its document."""
        while True:
            with urlopen(f"{self.url}/v1/jobs/{job_id}?wait=60", timeout=90) as answer:
                document: dict[str, Any] = json.load(answer)
            if document["finished_at"]:
                if document["state"] != "succeeded":
                    raise RuntimeError(f"a job of the benchmark failed: {document['problem']}")
                return document


def environment(**settings: str) -> dict[str, str]:
    """Return the environment without the settings of other farms."""
    # Repeated recordings must not be served from the cache.
    return clean_environment(**{"WHISPERFARM_RESULT_CACHE": "false", **settings})


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Farm]:
    """Run a farm with the demo preset; stop it with SIGINT at the end."""
    [port], log = free_ports(1), folder / "farm.log"
    command = [sys.executable, "-m", "whisperfarm", "up", "--data-dir", str(folder / "data")]
    began = time.perf_counter()
    with log.open("wb") as output, subprocess.Popen(
        [*command, "--port", str(port), "--presets", "demo"],
        env=environment(WHISPERFARM_LOG_FORMAT="json", **settings),
        stdout=output,
        stderr=output,
    ) as process:  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            while not _green(url):
                time.sleep(0.02)
            yield Farm(url, time.perf_counter() - began, log)
        finally:
            process.send_signal(signal.SIGINT)


def _green(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
