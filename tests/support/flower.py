"""A running `whisperfarm flower`."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.servers.ports import free_ports
from tests.servers.process import tied_to_us
from tests.support.environment import environment
from tests.support.waiting import until

USER, PASSWORD = "operator", "flower-password"
# What a worker logs when Flower asks for the events of tasks, a few seconds after Flower's start.
TASK_EVENTS = "Events of group {task} enabled by remote"
PAGES = ("/", "/tasks", "/api/workers", "/api/tasks", "/metrics", "/broker")


@dataclass(frozen=True)
class Flower:
    """A running Flower: its address, its log, and a client that is logged in."""

    url: str
    log: Path
    http: httpx.Client

    def workers(self) -> dict[str, Any]:
        """Return the workers that Flower knows, with their details."""
        return dict(self.http.get("/api/workers", params={"refresh": 1}).json())

    def tasks(self) -> list[dict[str, Any]]:
        """Return the rows of the page of tasks."""
        asked = {
            "draw": 1, "start": 0, "length": 50, "search[value]": "",
            "order[0][column]": 0, "order[0][dir]": "asc", "columns[0][data]": "name",
        }  # fmt: skip
        return list(self.http.get("/tasks/datatable", params=asked).json()["data"])

    def task(self, job_id: str) -> dict[str, Any]:
        """Return the row of a job's task, once it has succeeded."""

        def row() -> dict[str, Any] | None:
            rows = [one for one in self.tasks() if one["uuid"] == job_id]
            return rows[0] if rows and rows[0]["state"] == "SUCCESS" else None

        return dict(until(row, f"the task of job {job_id} in Flower"))

    def everything(self) -> str:
        """Return the text of all pages, including each worker's."""
        more = [f"/worker/{name}" for name in self.workers()]
        return "\n".join(self.http.get(page).text for page in (*PAGES, *more))


@contextmanager
def started(folder: Path, *, login: bool = True, **settings: str) -> Iterator[Flower]:
    """Run Flower; with a login, wait until it knows the farm's workers."""
    [port] = free_ports(1)
    log, url = folder / "flower.log", f"http://127.0.0.1:{port}"
    names = {"WHISPERFARM_FLOWER_USER": USER, "WHISPERFARM_FLOWER_PASSWORD": PASSWORD}
    given = environment(**settings, **(names if login else {}))
    command = [sys.executable, "-m", "whisperfarm", "flower", "--port", str(port)]
    with (
        log.open("ab") as output,
        subprocess.Popen(
            [*tied_to_us(signal.SIGTERM), *command],
            env=given,
            stdout=output,
            stderr=output,
            cwd=folder,
        ) as process,
        httpx.Client(base_url=url, auth=(USER, PASSWORD), timeout=30) as http,
    ):
        flower = Flower(url, log, http)
        try:
            until(lambda: _answers(flower, process, login=login), "Flower and a worker")
            yield flower
        finally:
            process.terminate()
            process.wait(30)
    assert process.returncode == 0, log.read_text()


def _answers(flower: Flower, process: "subprocess.Popen[bytes]", *, login: bool) -> bool:
    assert process.poll() is None, flower.log.read_text()
    try:
        alive = flower.http.get("/healthcheck").status_code == 200
        return alive and bool(not login or flower.workers())
    except httpx.TransportError:
        return False
