"""A suspect runs alone."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.support.waiting import until
from whisperfarm_worker.attempt.isolation import ExclusiveGate

WITHIN_S = 60.0


def _waiting(
    gate: ExclusiveGate, enter: Callable[[], bool], pool: ThreadPoolExecutor
) -> "Future[bool]":
    """Start a thread that enters the gate, and return it once it waits."""
    before = gate.waiting
    coming = pool.submit(enter)
    until(lambda: gate.waiting > before, "a waiting thread", within_s=WITHIN_S)
    return coming


def _alone(gate: ExclusiveGate) -> bool:
    return gate.enter_exclusive(timeout_s=WITHIN_S)


def test_gate_admits_any_number() -> None:
    gate = ExclusiveGate()
    assert [gate.enter() for _ in range(9)] == [True] * 9


def test_exclusive_entry_waits_and_blocks_others() -> None:
    gate = ExclusiveGate()
    gate.enter()
    with ThreadPoolExecutor(2) as pool:
        suspect = _waiting(gate, lambda: _alone(gate), pool)
        other = _waiting(gate, gate.enter, pool)
        gate.exit()
        assert suspect.result(WITHIN_S)
        assert not other.done()
        gate.exit()
        assert other.result(WITHIN_S)


def test_exclusive_entry_times_out_and_admits_others() -> None:
    gate = ExclusiveGate()
    gate.enter()
    assert not gate.enter_exclusive(timeout_s=0.0)
    assert gate.enter()


def test_exclusive_entries_exclude_each_other() -> None:
    gate = ExclusiveGate()
    assert _alone(gate)
    assert not gate.enter_exclusive(timeout_s=0.0)
    gate.exit()
    assert _alone(gate)


@pytest.mark.parametrize("suspect", [False, True])
def test_close_rejects_waiting_entries(suspect: bool) -> None:
    gate = ExclusiveGate()
    assert _alone(gate)
    with ThreadPoolExecutor(1) as pool:
        coming = _waiting(gate, (lambda: _alone(gate)) if suspect else gate.enter, pool)
        gate.close()
        assert not coming.result(WITHIN_S)
    assert not gate.enter()
