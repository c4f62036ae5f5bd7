"""The cost of the ledger's queries does not grow with the number of finished jobs."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from tests.support.jobs import TENANT, new_job
from tests.unit.store.ledger.recorded_statements import Sent, statements
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import JobFilter, Ledger, read_query

QUESTIONS: dict[str, Callable[[Ledger, str], object]] = {
    "claim": lambda ledger, job: ledger.attempts.claim(job, worker="w1", lease_s=60),
    "list dispatchable": lambda ledger, _: ledger.dispatch.list_available(10, preset="demo"),
    "list urgent": lambda ledger, _: ledger.dispatch.list_urgent(10, preset="demo", within_s=60),
    "list in flight": lambda ledger, _: ledger.dispatch.list_in_flight(),
    "count dispatched": lambda ledger, _: ledger.dispatch.count_unclaimed(preset="demo"),
    "rescue": lambda ledger, _: ledger.dispatch.rescue(redispatch_after_s=-1, idle=["demo"]),
    "backlog": lambda ledger, _: ledger.backlog.group_loads(),
    "ahead": lambda ledger, job: ledger.backlog.jobs_ahead(ledger.jobs.get(job)),
    "ahead of a waiting job": lambda ledger, job: ledger.backlog.jobs_ahead(
        replace(ledger.jobs.get(job), id="waiting", policy=JobPolicy(lane="bulk"))
    ),
    "batch": lambda ledger, _: ledger.batches.get("night", tenant=TENANT),
    "cancel of a batch": lambda ledger, _: ledger.batches.cancel_some("day", tenant=TENANT),
    "page of a batch": lambda ledger, job: ledger.jobs.list_for_tenant(
        TENANT, wanted=JobFilter(batch="night"), before=job
    ),
    "unpolled": lambda ledger, _: ledger.polls.cancel_unpolled(max_step_s=6),
    "key exists": lambda ledger, _: ledger.jobs.key_exists(TENANT, "k"),
    "page": lambda ledger, job: ledger.jobs.list_for_tenant(TENANT, before=job),
    "page of a state": lambda ledger, job: ledger.jobs.list_for_tenant(
        TENANT, wanted=JobFilter(state=JobState.FAILED), before=job
    ),
    "page of a reference": lambda ledger, job: ledger.jobs.list_for_tenant(
        TENANT, wanted=JobFilter(reference="call 17", metadata={"agent": "A7"}), before=job
    ),
    "page of a file name": lambda ledger, job: ledger.jobs.list_for_tenant(
        TENANT, wanted=JobFilter(filename="call.wav"), before=job
    ),
    "page of a span": lambda ledger, _: ledger.jobs.list_for_tenant(
        TENANT, wanted=JobFilter(created_from=1.0, created_before=2.0)
    ),
    "page by words": lambda ledger, job: ledger.jobs.list_for_tenant(
        TENANT, wanted=JobFilter(words=read_query("refund")), before=job
    ),
    "texts to index": lambda ledger, _: ledger.texts.list_pending(limit=10),
    "callback": lambda ledger, _: ledger.callbacks.claim(lease_s=60, busy=["example.com"]),
    "is suspect": lambda ledger, job: ledger.attempts.is_suspect(job),
    "quarantined": lambda ledger, _: ledger.jobs.list_quarantined(limit=10),
    "cached": lambda ledger, _: ledger.cache.find(TENANT, "key"),
    "lease statuses": lambda ledger, job: ledger.attempts.lease_statuses({job: 1}),
    "ended": lambda ledger, job: ledger.jobs.finished_among([job]),
    "oldest queued": lambda ledger, _: ledger.backlog.oldest_queued_s(),
    "count pending callbacks": lambda ledger, _: ledger.callbacks.count_pending(),
}


OF_ITS_OWN_ROWS = (
    "CORRELATED SCALAR SUBQUERY",
    "SCALAR SUBQUERY",
    "LIST SUBQUERY",
    "CO-ROUTINE",
    "SCAN anon_",
    "SCAN tenants",
    "SETUP",
    "RECURSIVE STEP",
    "SCAN transcript_terms VIRTUAL TABLE INDEX 0:M",  # a lookup of FTS5 is named so
)
"""Steps of a query plan that read the result of another step."""


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_every_query_uses_an_index(ledger: Ledger, ask: Callable[[Ledger, str], object]) -> None:
    job = ledger.jobs.insert(replace(new_job(), labels=JobLabels(batch="night")))
    ledger.dispatch.mark([job.id])
    ledger.jobs.insert(new_job())  # is not dispatched
    with statements(ledger) as sent:
        ask(ledger, job.id)
    with ledger.database.read() as connection:
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
