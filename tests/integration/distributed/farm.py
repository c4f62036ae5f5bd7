"""A farm of processes on real servers, put together by settings alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.servers.ports import free_ports
from tests.servers.process import tied_to_us
from tests.support.environment import environment
from tests.support.project import ROOT
from tests.support.readiness import is_ready
from tests.support.waiting import until

DEADLINE_S = 180.0


@dataclass(frozen=True)
class DistributedFarm:
    """A ready farm: its address, and the folder with its data and logs."""

    url: str
    folder: Path
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=DEADLINE_S))

    def submit(self, audio: bytes) -> str:
        """Submit a recording. Returns the job's id."""
        headers = {"Content-Type": "audio/wav"}
        answer = self.http.post(f"{self.url}/v1/jobs", content=audio, headers=headers)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def ended(self, job_id: str) -> dict[str, Any]:
        """Wait until the job has ended. Returns its document."""
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            document = self.get(f"/v1/jobs/{job_id}?wait=60")
            if document["finished_at"]:
                return document
        raise AssertionError(f"job {job_id} did not end:\n{self.log()}")

    def get(self, path: str) -> dict[str, Any]:
        """Return the JSON document at this path."""
        answer = self.http.get(f"{self.url}{path}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def log(self) -> str:
        """Return the end of the logs of all parts."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {one.name}\n{one.read_text()[-6000:]}" for one in logs)


@contextmanager
def running(
    folder: Path,
    settings: Mapping[str, str],
    *,
    workers: int = 1,
    metrics_ports: Sequence[int] = (),
    **stub: str,
) -> Iterator[DistributedFarm]:
    """Run a dispatcher and workers until the block ends, then stop them with SIGTERM.

    Each worker gets one of `metrics_ports`, if there are any.
    """
    [port] = free_ports(1)
    given = {
        "WHISPERFARM_PORT": str(port),
        "WHISPERFARM_DATA_DIR": str(folder),
        "WHISPERFARM_LEASE_S": "5",
        **settings,
        **stub,
    }
    with ExitStack() as stack:
        names = ["dispatcher", *(f"worker-{number}" for number in range(workers))]
        ports = dict(zip(names[1:], map(str, metrics_ports), strict=False))
        parts = [
            stack.enter_context(
                _part(name, folder, {**given, "WHISPERFARM_METRICS_PORT": ports.get(name, "0")})
            )
            for name in names
        ]
        farm = DistributedFarm(f"http://127.0.0.1:{port}", folder)
        stack.enter_context(farm.http)
        _await_ready(farm, parts)
        yield farm


@contextmanager
def _part(name: str, folder: Path, given: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    path = f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"
    part = "tests.integration.distributed.part"
    command = [*tied_to_us(signal.SIGTERM), sys.executable, "-m", part, name.partition("-")[0]]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(PYTHONPATH=path, **given), stdout=log, stderr=log
        )
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.wait(DEADLINE_S) == 0, (folder / f"{name}.log").read_text()[-6000:]
        finally:
            process.kill()
            process.wait()


def _await_ready(farm: DistributedFarm, parts: "list[subprocess.Popen[bytes]]") -> None:
    def look() -> bool:
        assert all(part.poll() is None for part in parts), farm.log()
        return is_ready(farm.url)

    until(look, "a ready farm", within_s=DEADLINE_S)
