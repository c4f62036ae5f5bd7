"""Every statement that moves a job says which state it leaves, and the table allows the move."""

import re

import pytest

from tests.conformance.jobs import TENANT, new_job
from tests.unit.store.ledger.statements_seen import Sent, statements
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import MOVES, State
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.ledger.transitions.statement import move

PAIRS = [(current, following) for current in State for following in State]


@pytest.mark.parametrize(("current", "following"), PAIRS)
def test_only_moves_of_the_table_become_statements(current: State, following: State) -> None:
    if following in MOVES[current]:
        assert "UPDATE jobs" in str(move("j1", current, following))
    else:
        with pytest.raises(ValueError, match="never moves"):
            move("j1", current, following)


def test_every_move_names_the_state_that_it_leaves(ledger: Ledger) -> None:
    with statements(ledger) as sent:
        _do_everything(ledger)
    seen = {_move_of(one) for one in sent if "SET state=" in one.sql}
    assert seen == {
        (State.QUEUED, State.RUNNING),
        (State.QUEUED, State.CANCELLED),
        (State.RUNNING, State.SUCCEEDED),
        (State.RUNNING, State.FAILED),
        (State.RUNNING, State.CANCELLED),
        (State.RUNNING, State.QUEUED),
    }


def _move_of(sent: Sent) -> tuple[State, State]:
    leaving = re.search(r"WHERE jobs\.id = \? AND jobs\.state = '(\w+)'", sent.sql)
    assert leaving, sent.sql
    return State(leaving[1]), State(sent.parameters[0])


def _do_everything(ledger: Ledger) -> None:
    ids = [ledger.insert(new_job(max_attempts=1)).id for _ in range(7)]
    for job_id in ids[:6]:
        ledger.claim(job_id, worker="w1", lease_s=-1)
    ledger.succeed(ids[0], attempt=1, result_key="r", audio_s=1.0)
    ledger.fail(ids[1], attempt=1, problem=EngineFailed())
    ledger.cancelled(ids[2], attempt=1)
    ledger.requeue(ids[3], attempt=1)
    ledger.requeue(ids[4], attempt=1, problem=EngineFailed(), counts=True)
    ledger.rescue(rerelease_after_s=60)
    ledger.ask_cancel(ids[6], tenant=TENANT)
