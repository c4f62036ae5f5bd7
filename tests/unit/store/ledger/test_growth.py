"""The work of the ledger does not grow with the jobs that have ended."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from tests.support.jobs import TENANT, new_job
from tests.unit.store.ledger.statements_seen import Sent, statements
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import Ledger

QUESTIONS: dict[str, Callable[[Ledger, str], object]] = {
    "claim": lambda ledger, job: ledger.claim(job, worker="w1", lease_s=60),
    "releasable": lambda ledger, _: ledger.releasable(10, preset="demo"),
    "outstanding": lambda ledger, _: ledger.outstanding(preset="demo"),
    "rescue": lambda ledger, _: ledger.rescue(rerelease_after_s=-1, idle=["demo"]),
    "backlog": lambda ledger, _: ledger.backlog(),
    "ahead": lambda ledger, job: ledger.ahead(ledger.get(job)),
    "knows key": lambda ledger, _: ledger.knows_key(TENANT, "k"),
    "page": lambda ledger, job: ledger.page(TENANT, before=job),
    "page of a state": lambda ledger, job: ledger.page(TENANT, state=State.FAILED, before=job),
    "callback": lambda ledger, _: ledger.take_callback(lease_s=60, busy=["example.com"]),
    "is suspect": lambda ledger, job: ledger.is_suspect(job),
    "quarantined": lambda ledger, _: ledger.quarantined(limit=10),
    "cached": lambda ledger, _: ledger.cached(TENANT, "key"),
    "pulses": lambda ledger, job: ledger.pulses({job: 1}),
    "ended": lambda ledger, job: ledger.ended([job]),
    "oldest waiting": lambda ledger, _: ledger.oldest_waiting(),
    "callbacks waiting": lambda ledger, _: ledger.callbacks_waiting(),
}


OF_ITS_OWN_ROWS = ("LIST SUBQUERY", "CO-ROUTINE", "SCAN anon_")
"""Steps that read what another step has found."""


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_every_question_is_answered_from_an_index(
    ledger: Ledger, ask: Callable[[Ledger, str], object]
) -> None:
    job = ledger.insert(new_job())
    ledger.released([job.id])
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
