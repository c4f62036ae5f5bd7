"""A private Prometheus that scrapes given addresses every second."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.servers.ports import free_ports
from tests.servers.process import ServerProcess
from tests.servers.programs import program
from tests.servers.server import Server, running, server_folder

REMEDY = "apt-get install prometheus"


@dataclass(frozen=True, kw_only=True)
class PrometheusServer(Server):
    """A Prometheus with an empty database."""

    url: str

    def prepare(self) -> None:
        """Do nothing: Prometheus creates its folder."""

    def ask(self) -> None:
        """Query its readiness."""
        httpx.get(f"{self.url}/-/ready", timeout=5).raise_for_status()

    def api(self, path: str, **parameters: str) -> dict[str, Any]:
        """Return the response of its API, successful or not."""
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=30)
        return dict(answer.json())

    def query(self, expression: str) -> list[float]:
        """Return an expression's current values. Raises `AssertionError` if the query fails."""
        answer = self.api("query", query=expression)
        assert answer["status"] == "success", f"{expression}: {answer}"
        return [float(one["value"][1]) for one in answer["data"]["result"]]


@contextmanager
def started(
    targets: Mapping[str, str], *, rules: Sequence[Path] = ()
) -> Iterator[PrometheusServer]:
    """Run a Prometheus that scrapes these addresses, by names of jobs, and evaluates the rules.

    Raises `ServerMissing`.
    """
    binary = program("prometheus", remedy=REMEDY)
    with server_folder("prometheus") as folder:
        [port] = free_ports(1)
        # JSON is valid YAML.
        (folder / "prometheus.yml").write_text(json.dumps(_configuration(targets, rules)))
        command = [
            binary,
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        ]
        server = PrometheusServer(
            folder=folder,
            process=ServerProcess(command, folder=folder),
            url=f"http://127.0.0.1:{port}",
        )
        with running(server):
            yield server


def _configuration(targets: Mapping[str, str], rules: Sequence[Path]) -> dict[str, Any]:
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [
            {"job_name": name, "static_configs": [{"targets": [address]}]}
            for name, address in targets.items()
        ],
    }
