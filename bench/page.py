"""`make bench-page`: the lists and searches of 10,000 jobs over HTTP, on SQLite and PostgreSQL.

The jobs are inserted as a submission inserts them, and all succeed by one statement. A
dispatcher in this process listens on a port.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from types import MappingProxyType

import httpx

from bench.document import machine, write
from bench.figure import percentile
from bench.page_ledger import JOBS, filled, served
from bench.servers import load
from tests.servers import postgresql
from whisperfarm.markdown import table
from whisperfarm_store.logs import configure_logs

TRIALS = 40
REQUESTS: Mapping[str, str] = MappingProxyType(
    {
        "page: newest jobs": "/page/jobs",
        "page: jobs of a state": "/page/jobs?state=succeeded",
        "page: name that one job has": "/page/jobs?text=call-00017",
        "page: name that no job has": "/page/jobs?text=missing",
        "page: word of all transcripts": "/page/jobs?words=hello",
        "page: word of one transcript": "/page/jobs?words=word00017",
        "page: start of a word": "/page/jobs?words=word0*",
        "page: phrase": "/page/jobs?words=%22hello+again%22",
        "API: newest jobs": "/v1/jobs?limit=50",
        "API: word of all transcripts": "/v1/jobs?limit=50&text=hello",
    }
)
Times = Mapping[str, list[float]]


def main() -> None:
    """Measure, print the figures, and write them into the given documents."""
    configure_logs("warning", component="bench")
    before = load()
    with postgresql.started() as server, tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/ledger.sqlite", "PostgreSQL": server.url}
        times = {name: _measured(name, url, Path(folder)) for name, url in urls.items()}
    head = ("Request", *(f"{name}, p{p}" for name, p in product(times, (50, 95))))
    report = f"{machine()} Load before the run: {before}.\n\n{table(head, _rows(times))}"
    print(report)
    for document in sys.argv[1:]:
        write(Path(document), report)


def _measured(name: str, url: str, folder: Path) -> Times:
    print(f"filling {name} with {JOBS} jobs ...", file=sys.stderr, flush=True)
    with (
        filled(url, folder) as deps,
        served(deps) as address,
        httpx.Client(base_url=address) as http,
    ):
        http.headers["Accept"] = "text/html"
        return {what: [_took(http, path) for _ in range(TRIALS)] for what, path in REQUESTS.items()}


def _took(http: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    answer = http.get(path)
    took = time.perf_counter() - began
    answer.raise_for_status()
    return took


def _rows(times: Mapping[str, Times]) -> Iterator[tuple[str, ...]]:
    for what in REQUESTS:
        yield (
            what,
            *(
                f"{percentile(one[what], p) * 1000:.0f} ms"
                for one in times.values()
                for p in (50, 95)
            ),
        )


if __name__ == "__main__":
    main()
