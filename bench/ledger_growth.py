"""`make bench-ledger`: the cost of submissions and claims, from an empty ledger to a million rows.

The ledger is on PostgreSQL. Its rows are copies of one finished job, inserted in bulk by SQL, each
with an idempotency key.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from sqlalchemy import Connection, func, insert, literal, select, text

from bench.document import machine, write
from bench.figure import percentile
from bench.servers import load
from tests.servers import postgresql
from tests.support.jobs import new_job
from whisperfarm.markdown import table
from whisperfarm_store.ledger import Idempotency, Ledger, open_ledger
from whisperfarm_store.ledger.db.tables import idempotency, jobs

ROWS = (0, 1_000, 10_000, 100_000, 300_000, 1_000_000)
TRIALS = 300


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of each trial at a number of rows."""

    rows: int
    submit: list[float]
    claim: list[float]


def main() -> None:
    """Measure, print the figures, and write them into the given documents."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--most", type=int, default=ROWS[-1])
    asked.add_argument("document", type=Path, nargs="?")
    given = asked.parse_args()
    before = load()
    with postgresql.started(settings={"fsync": "on", "shared_buffers": "256MB"}) as server:
        ledger = open_ledger(server.url)
        ledger.migrate()
        costs = list(_measure(ledger, [rows for rows in ROWS if rows <= given.most]))
        ledger.close()
    report = f"{machine()} Load before the run: {before}.\n\n{_markdown(costs)}"
    print(report)
    if given.document:
        write(given.document, report)
        _plot(costs, given.document.with_name("benchmarks-ledger.png"))


def _measure(ledger: Ledger, steps: list[int]) -> Iterator[Cost]:
    template = _template(ledger)
    _cost(ledger, 0)  # warms connections, plans and caches for the first step
    there = 0
    for rows in steps:
        print(f"measuring at {rows} rows ...", file=sys.stderr, flush=True)
        with ledger.database.write() as connection:
            _grow(connection, template, there, rows)
        _tidy(ledger)
        there = rows
        yield _cost(ledger, rows)


def _template(ledger: Ledger) -> str:
    job = ledger.jobs.insert(new_job("template"))
    claimed = ledger.attempts.claim(job.id, worker="bench", lease_s=60)
    if claimed is None:
        raise RuntimeError("the template job cannot be claimed")
    ledger.attempts.succeed(
        job.id, attempt=1, result_key="results/x/1/transcript.json", audio_s=0.5
    )
    return job.id


def _grow(connection: Connection, template: str, there: int, rows: int) -> None:
    """Copy all columns of the template into new rows, with times spread over a month."""
    numbers = (
        func.generate_series(there + 1, rows).table_valued("n", name="numbers").render_derived()
    )
    old_id = func.concat("old-", numbers.c.n)
    own = {"id": old_id, "created_at": jobs.c.created_at - numbers.c.n * 2.6}
    copies = select(*(own.get(column.name, column) for column in jobs.c)).where(
        jobs.c.id == template
    )
    keys = select(literal("acme"), old_id, func.repeat("f", 64), old_id, literal(0.0))
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(insert(jobs).from_select(list(jobs.c), copies))
    connection.execute(
        insert(idempotency).from_select(
            ["tenant", "key", "fingerprint", "job_id", "created_at"], keys.select_from(numbers)
        )
    )


def _tidy(ledger: Ledger) -> None:
    """Run the maintenance that the server otherwise does in the background."""
    with ledger.database.engine.connect().execution_options(
        isolation_level="AUTOCOMMIT"
    ) as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE jobs"))
        connection.execute(text("VACUUM ANALYZE idempotency"))
        connection.execute(text("CHECKPOINT"))


def _cost(ledger: Ledger, rows: int) -> Cost:
    """Submit, claim and finish one job after the other."""
    submit, claim = [], []
    for number in range(TRIALS):
        job = new_job()
        key = Idempotency(key=f"{rows}-{number}-{job.id}", fingerprint="a" * 64)
        began = time.perf_counter()
        ledger.jobs.insert(job, idempotency=key)
        inserted = time.perf_counter()
        ledger.attempts.claim(job.id, worker="bench", lease_s=60)
        claimed = time.perf_counter()
        ledger.attempts.succeed(job.id, attempt=1, result_key="r", audio_s=0.5)
        submit.append(inserted - began)
        claim.append(claimed - inserted)
    return Cost(rows, submit, claim)


def _markdown(costs: list[Cost]) -> str:
    quantities = ("submit p50", "submit p95", "claim p50", "claim p95")
    head = ("Rows", *quantities, "submit, of empty", "claim, of empty")
    return table(head, (_cells(one, costs[0]) for one in costs))


def _cells(one: Cost, first: Cost) -> Iterator[str]:
    yield f"{one.rows:,}"
    for of, p in product((one.submit, one.claim), (50, 95)):
        yield f"{percentile(of, p) * 1000:.2f} ms"
    yield f"{percentile(one.submit, 50) / percentile(first.submit, 50):.2f}"
    yield f"{percentile(one.claim, 50) / percentile(first.claim, 50):.2f}"


def _plot(costs: list[Cost], file: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    rows = [max(one.rows, 1) for one in costs]
    for name, colour in (("submit", "tab:blue"), ("claim", "tab:orange")):
        for percent, style in ((50, "-"), (95, ":")):
            values = [percentile(getattr(one, name), percent) * 1000 for one in costs]
            axes.plot(rows, values, style, color=colour, marker="o", label=f"{name}, p{percent}")
    axes.set_xscale("symlog", linthresh=1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("jobs in the ledger that have ended")
    axes.set_ylabel("milliseconds")
    axes.legend()
    figure.savefig(file, dpi=90)


if __name__ == "__main__":
    main()
