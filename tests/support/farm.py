"""A farm with embedded servers, started with `whisperfarm up`."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.servers.ports import free_ports
from tests.servers.process import tied_to_us
from tests.support.environment import environment
from tests.support.project import ROOT
from tests.support.readiness import is_ready
from tests.support.waiting import until

CLIENT = ROOT / "dist" / "whisper-remote"
READY_S = 180


@dataclass(frozen=True)
class EmbeddedFarm:
    """A running farm: its address, data folder and process."""

    url: str
    data_dir: Path
    process: subprocess.Popen[bytes]
    http: httpx.Client

    def pid_of(self, part: str) -> int:
        """Return the process id of a part; waits for a part that is being restarted."""

        def find() -> int | None:
            children = psutil.Process(self.process.pid).children()
            return next((one.pid for one in children if part in _command(one)), None)

        return until(find, f"a process of the {part}")

    def kill(self, part: str) -> int:
        """Send SIGKILL to a part. Returns its process id."""
        pid = self.pid_of(part)
        os.kill(pid, signal.SIGKILL)
        return pid

    def submit(self, audio: Path, **options: Any) -> str:
        """Submit a file. Returns the job's id."""
        answer = self.http.post(
            "/v1/jobs",
            params={"filename": audio.name, **options},
            content=audio.read_bytes(),
            headers={"Content-Type": "audio/wav"},
            timeout=60,
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def job(self, job_id: str, *, wait_s: float = 0) -> dict[str, Any]:
        """Return the job's document, waiting up to `wait_s` for its end, also through restarts."""

        def ask() -> dict[str, Any] | None:
            try:
                answer = self.http.get(f"/v1/jobs/{job_id}", params={"wait": wait_s})
            except httpx.TransportError:
                return None
            return dict(answer.json()) if answer.status_code == 200 else None

        return until(ask, f"an answer about job {job_id}")

    def ended(self, job_id: str, *, within_s: float = 120) -> dict[str, Any]:
        """Return the job's document once it has ended."""

        def look() -> dict[str, Any] | None:
            document = self.job(job_id, wait_s=5)
            return document if document["finished_at"] else None

        return until(look, f"the end of job {job_id}", within_s=within_s)

    def running(self, job_id: str) -> dict[str, Any]:
        """Return the job's document once a worker has claimed it."""

        def look() -> dict[str, Any] | None:
            document = self.job(job_id)
            return document if document["state"] != "queued" else None

        return until(look, f"the start of job {job_id}")

    def result(self, job_id: str, format: str = "json") -> httpx.Response:
        """Request the result of a job."""
        return self.http.get(f"/v1/jobs/{job_id}/result", params={"format": format})

    def ready(self) -> None:
        """Wait until the farm is ready."""
        until(lambda: is_ready(self.url), "a ready farm", within_s=READY_S)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@contextmanager
def started(
    data_dir: Path, *, log: Path, presets: str | None = "demo", **settings: str
) -> Iterator[EmbeddedFarm]:
    """Run a farm in that folder until the block ends, then stop it with SIGINT."""
    [port] = free_ports(1)
    command = [sys.executable, "-m", "whisperfarm", "up", "--data-dir", str(data_dir)]
    command += ["--presets", presets] if presets else []
    with (
        log.open("ab") as output,
        subprocess.Popen(
            [*tied_to_us(signal.SIGTERM), *command, "--port", str(port)],
            stdout=output,
            stderr=output,
            env=environment(**settings),
            cwd=data_dir.parent,
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
    ):
        farm = EmbeddedFarm(f"http://127.0.0.1:{port}", data_dir, process, http)
        try:
            farm.ready()
            yield farm
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def whisper_remote(
    *arguments: str | Path, url: str, cwd: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the built client to its end."""
    return subprocess.run(
        [sys.executable, str(CLIENT), *map(str, arguments)],
        env=environment(WHISPERFARM_URL=url, **settings),
        capture_output=True,
        text=True,
        timeout=280,
        cwd=cwd,
        check=False,
    )
