"""The work of the ledger does not grow with the jobs that have ended."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from tests.support.jobs import TENANT, new_job
from tests.unit.store.ledger.recorded_statements import Sent, statements
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import Ledger

QUESTIONS: dict[str, Callable[[Ledger, str], object]] = {
    "claim": lambda ledger, job: ledger.claim(job, worker="w1", lease_s=60),
    "list dispatchable": lambda ledger, _: ledger.list_dispatchable(10, preset="demo"),
    "count dispatched": lambda ledger, _: ledger.count_dispatched(preset="demo"),
    "rescue": lambda ledger, _: ledger.rescue(redispatch_after_s=-1, idle=["demo"]),
    "backlog": lambda ledger, _: ledger.backlog(),
    "ahead": lambda ledger, job: ledger.jobs_ahead(ledger.get(job)),
    "key exists": lambda ledger, _: ledger.key_exists(TENANT, "k"),
    "page": lambda ledger, job: ledger.list_jobs(TENANT, before=job),
    "page of a state": lambda ledger, job: ledger.list_jobs(
        TENANT, state=JobState.FAILED, before=job
    ),
    "callback": lambda ledger, _: ledger.claim_callback(lease_s=60, busy=["example.com"]),
    "is suspect": lambda ledger, job: ledger.is_suspect(job),
    "quarantined": lambda ledger, _: ledger.list_quarantined(limit=10),
    "cached": lambda ledger, _: ledger.find_cached(TENANT, "key"),
    "lease statuses": lambda ledger, job: ledger.lease_statuses({job: 1}),
    "ended": lambda ledger, job: ledger.finished_among([job]),
    "oldest queued": lambda ledger, _: ledger.oldest_queued_s(),
    "count pending callbacks": lambda ledger, _: ledger.count_pending_callbacks(),
}


OF_ITS_OWN_ROWS = ("LIST SUBQUERY", "CO-ROUTINE", "SCAN anon_")
"""Steps that read what another step has found."""


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_every_query_uses_an_index(ledger: Ledger, ask: Callable[[Ledger, str], object]) -> None:
    job = ledger.insert(new_job())
    ledger.mark_dispatched([job.id])
    with statements(ledger) as sent:
        ask(ledger, job.id)
    with ledger._read() as connection:
        plans = [step for one in sent for step in _plan(connection, one)]
    assert plans
    for step in plans:
        assert "USING" in step
        assert "TEMP B-TREE" not in step


def _plan(connection: Connection, sent: Sent) -> list[str]:
    if sent.sql.startswith("BEGIN"):
        return []
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sent.sql}", sent.parameters)
    return [row.detail for row in rows if not row.detail.startswith(OF_ITS_OWN_ROWS)]
