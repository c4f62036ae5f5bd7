"""Which callbacks are tried, with a real ledger and receivers that the test holds back."""

import threading
from collections.abc import Callable
from dataclasses import replace

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job_policy import Terms
from whisperfarm_dispatcher.callbacks.delivery import Delivery
from whisperfarm_store.ledger import Callback, Ledger, Outcome

DEADLINE_S = 60.0


class Tries:
    """Tries that end when the test says so."""

    def __init__(self) -> None:
        self.begun: list[Callback] = []
        self.go_on = threading.Event()
        self._changed = threading.Condition()

    def __call__(self, callback: Callback) -> Outcome:
        with self._changed:
            self.begun.append(callback)
            self._changed.notify_all()
        assert self.go_on.wait(DEADLINE_S)
        return Outcome(status=200)

    def receivers(self, count: int) -> list[str]:
        """To whom the tries went, once they are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.begun) >= count, DEADLINE_S)
            return sorted(one.receiver for one in self.begun)


def told(ledger: Ledger, host: str) -> str:
    job = replace(new_job(), terms=Terms(callback_url=f"https://{host}/"))
    ledger.insert(job)
    ledger.ask_cancel(job.id, tenant=TENANT)
    return job.id


def until(done: Callable[[], bool], delivery: Delivery) -> None:
    while not done():
        assert delivery.room.wait(DEADLINE_S)
        delivery.room.clear()


def states(ledger: Ledger, jobs: list[str]) -> set[str]:
    return {ledger.callbacks(job, tenant=TENANT)[0].state for job in jobs}


def test_a_receiver_gets_a_few_at_a_time_and_holds_up_no_other(ledger: Ledger) -> None:
    jobs = [told(ledger, host) for host in ("a.example", "a.example", "a.example", "b.example")]
    tries = Tries()
    delivery = Delivery(ledger, {"http": tries}, most_per_receiver=2)
    delivery.run_once()
    assert tries.receivers(3) == ["a.example", "a.example", "b.example"]
    tries.go_on.set()
    until(lambda: delivery.run_once() or len(tries.begun) == 4, delivery)
    until(lambda: states(ledger, jobs) == {"delivered"}, delivery)


def test_there_are_no_more_at_once_than_there_is_room_for(ledger: Ledger) -> None:
    for number in range(4):
        told(ledger, f"{number}.example")
    tries = Tries()
    delivery = Delivery(ledger, {"http": tries}, most=3)
    delivery.run_once()
    delivery.run_once()
    assert len(tries.receivers(3)) == 3
    tries.go_on.set()


def test_a_fault_of_ours_is_noted_and_tried_again(ledger: Ledger) -> None:
    def fault(_: Callback) -> Outcome:
        raise ZeroDivisionError

    job = told(ledger, "a.example")
    delivery = Delivery(ledger, {"http": fault})
    delivery.run_once()
    until(lambda: ledger.callbacks(job, tenant=TENANT)[0].last_error is not None, delivery)
    assert states(ledger, [job]) == {"pending"}


def test_a_kind_that_this_farm_can_not_deliver_to_fails_with_the_reason(ledger: Ledger) -> None:
    job = told(ledger, "a.example")
    delivery = Delivery(ledger, {})
    delivery.run_once()
    until(lambda: states(ledger, [job]) == {"failed"}, delivery)
    assert "cannot send callbacks over http" in str(
        ledger.callbacks(job, tenant=TENANT)[0].last_error
    )
