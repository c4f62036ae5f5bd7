"""Measures a request for a job on a persistent connection, compared with `/healthz`."""

import http.client
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from bench.farm import Farm
from bench.figure import Figure, percentile

REQUESTS = 500


def measure(farm: Farm, audio: bytes) -> Iterator[Figure]:
    """Request a finished job and `/healthz` in turns on one connection."""
    job_id = farm.submit(audio)
    farm.ended(job_id)
    connection = http.client.HTTPConnection(urlsplit(farm.url).netloc, timeout=60)
    paths = (f"/v1/jobs/{job_id}", "/healthz")
    times = [[_seconds(connection, path) for path in paths] for _ in range(REQUESTS)]
    connection.close()
    ours, theirs = zip(*times, strict=True)
    yield Figure(
        what=f"keep-alive GET of a job, median of {REQUESTS}",
        value=percentile(ours, 50) * 1000, unit="ms",
        baseline="GET /healthz, same connection",
        baseline_value=percentile(theirs, 50) * 1000,
    )  # fmt: skip


def _seconds(connection: http.client.HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    if response.status != http.HTTPStatus.OK:
        raise RuntimeError(f"GET {path} returned {response.status}")
    return time.perf_counter() - began
