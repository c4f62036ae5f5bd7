"""`make bench-farm`: jobs on a farm of four workers with RabbitMQ, PostgreSQL and S3.

The baselines, on the same servers in the same run: Celery with a no-op task, and one INSERT.
"""

import argparse
import http.client
import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any

import psycopg

from bench import bare_rabbitmq
from bench.document import machine, write
from bench.farm import ROOT, environment
from bench.figure import Figure, markdown, percentile
from bench.servers import WORKERS, Servers, farm, load, processes, started

AUDIO = (ROOT / "samples" / "support-call.wav").read_bytes()[:16_044]
CALLERS = 8
PACED = 100
PACE_S = 0.2


def main() -> None:
    """Measure, print the figures, and write them into the given documents."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--jobs", type=int, default=10_000)
    asked.add_argument("document", type=Path, nargs="?")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="whisperfarm-bench-") as folder, started() as servers:
        before = load()
        figures, counts = _measure(servers, Path(folder), given.jobs)
        text = f"{machine()} Load before the run: {before}.\n\n{counts}\n\n{markdown(figures)}"
        print(text)
        if given.document:
            write(given.document, text)


def _measure(servers: Servers, folder: Path, jobs: int) -> tuple[list[Figure], str]:
    _say(f"bare INSERTs: {jobs}")
    inserts = _all(jobs, _inserter(servers))
    _say(f"bare Celery: {jobs} no-ops")
    bare_sends, bare_s, bare_waits = _celery(servers, folder, jobs)
    _say(f"the farm: {jobs} jobs")
    with farm(servers, folder) as url:
        paced = _paced(url, servers)
        began = time.perf_counter()
        submits = _all(jobs, _submitter(url))
        states = _ended(servers, jobs + PACED)
        took_s = time.perf_counter() - began
    counts = (
        f"{jobs} jobs at once from {CALLERS} callers, {WORKERS} workers; before them {PACED} jobs,"
        f" one every {PACE_S} s. How all of them ended: {json.dumps(states)}."
    )
    return [
        _milliseconds("submit, p99", submits, "bare INSERT, p99", inserts, 99),
        _milliseconds("submit, p99", submits, "Celery apply_async, p99", bare_sends, 99),
        _milliseconds("submit, p50", submits, "bare INSERT, p50", inserts, 50),
        _milliseconds("submit to start, paced, p95", paced, "Celery, paced, p95", bare_waits, 95),
        Figure(
            what="jobs per second, to the end of the last", value=jobs / took_s, unit="/s",
            baseline="Celery no-ops", baseline_value=jobs / bare_s,
        ),
    ], counts  # fmt: skip


def _milliseconds(
    what: str, ours: list[float], baseline: str, theirs: list[float], percent: int
) -> Figure:
    return Figure(
        what=what, value=percentile(ours, percent) * 1000, unit="ms",
        baseline=baseline, baseline_value=percentile(theirs, percent) * 1000,
    )  # fmt: skip


def _all(count: int, act: Callable[[int], object]) -> list[float]:
    """Measure the seconds of each of `count` calls, made by several threads."""

    def timed(number: int) -> float:
        began = time.perf_counter()
        act(number)
        return time.perf_counter() - began

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(timed, range(count)))


def _inserter(servers: Servers) -> Callable[[int], object]:
    """Return a function that inserts and commits a row of about the size of a job."""
    url = servers.postgresql.url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (id serial PRIMARY KEY, job text NOT NULL)")
    mine = local()

    def insert(_: int) -> None:
        if not hasattr(mine, "connection"):
            mine.connection = psycopg.connect(url, autocommit=True)
        mine.connection.execute("INSERT INTO bare (job) VALUES (%s)", ["x" * 600])

    return insert


def _celery(servers: Servers, folder: Path, count: int) -> tuple[list[float], float, list[float]]:
    """Measure the seconds of each send, of all messages together, and from send to start."""
    app = bare_rabbitmq.application(servers.rabbitmq.url)

    def send(_: int) -> None:
        app.send_task("noop", [time.time()], confirm_timeout=30)

    command = ["bench.bare_rabbitmq", servers.rabbitmq.url, str(folder)]
    with processes([command] * WORKERS, folder, environment()):
        send(0)
        _await_waits(folder, 1)
        for number in range(PACED):
            send(number)
            time.sleep(PACE_S)
        waits = _await_waits(folder, 1 + PACED)[1:]
        began = time.perf_counter()
        sends = _all(count, send)
        _await_waits(folder, 1 + PACED + count)
        return sends, time.perf_counter() - began, waits


def _await_waits(folder: Path, count: int) -> list[float]:
    while len(found := _waits(folder)) < count:
        time.sleep(0.05)
    return found


def _waits(folder: Path) -> list[float]:
    texts = [one.read_text() for one in folder.glob("waits-*")]
    return [float(line) for text in texts for line in text.split("\n")[:-1]]


def _submitter(url: str) -> Callable[[int], object]:
    """Return a function that submits a distinct recording, with one connection per thread."""
    address = url.removeprefix("http://")
    mine = local()

    def submit(number: int) -> str:
        if not hasattr(mine, "connection"):
            mine.connection = http.client.HTTPConnection(address, timeout=120)
        body = AUDIO[:-8] + number.to_bytes(8, "big")
        mine.connection.request("POST", "/v1/jobs", body, {"Content-Type": "audio/wav"})
        answer = mine.connection.getresponse()
        document = json.load(answer)
        if answer.status != 202:
            raise RuntimeError(f"the farm rejected a job of the benchmark: {document}")
        return str(document["id"])

    return submit


def _paced(url: str, servers: Servers) -> list[float]:
    """Measure the seconds from submission to start of jobs that arrive one by one."""
    submit = _submitter(url)
    for number in range(PACED):
        submit(number + (1 << 32))
        time.sleep(PACE_S)
    _ended(servers, PACED)
    return [row[0] for row in _rows(servers, "SELECT started_at - created_at FROM jobs")]


def _ended(servers: Servers, count: int) -> dict[str, int]:
    """Wait until `count` jobs have ended. Returns the number of jobs in each state."""
    while True:
        states = dict(_rows(servers, "SELECT state, count(*) FROM jobs GROUP BY state"))
        if sum(states.values()) - states.get("queued", 0) - states.get("running", 0) >= count:
            return states
        time.sleep(0.2)


def _rows(servers: Servers, query: Any) -> list[Any]:
    with psycopg.connect(servers.postgresql.url.replace("+psycopg", "")) as connection:
        return connection.execute(query).fetchall()


def _say(what: str) -> None:
    print(f"measuring {what} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
