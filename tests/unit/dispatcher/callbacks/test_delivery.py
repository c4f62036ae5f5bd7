"""Which callbacks are sent, with a real ledger and receivers that the test blocks."""

import threading
from collections.abc import Callable
from dataclasses import replace

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_dispatcher.callbacks.delivery import CallbackDispatcher
from whisperfarm_store.ledger import Callback, DeliveryResult, Ledger

DEADLINE_S = 60.0


class Tries:
    """A sender whose attempts end when the test lets them."""

    def __init__(self) -> None:
        self.begun: list[Callback] = []
        self.go_on = threading.Event()
        self._changed = threading.Condition()

    def __call__(self, callback: Callback) -> DeliveryResult:
        with self._changed:
            self.begun.append(callback)
            self._changed.notify_all()
        assert self.go_on.wait(DEADLINE_S)
        return DeliveryResult(status=200)

    def receivers(self, count: int) -> list[str]:
        """Return the receivers of the attempts, once there are `count`."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.begun) >= count, DEADLINE_S)
            return sorted(one.endpoint for one in self.begun)


def received(ledger: Ledger, host: str) -> str:
    job = replace(new_job(), policy=JobPolicy(callback_url=f"https://{host}/"))
    ledger.jobs.insert(job)
    ledger.jobs.request_cancel(job.id, tenant=TENANT)
    return job.id


def until(done: Callable[[], bool], delivery: CallbackDispatcher) -> None:
    while not done():
        assert delivery.slot_freed.wait(DEADLINE_S)
        delivery.slot_freed.clear()


def states(ledger: Ledger, jobs: list[str]) -> set[str]:
    return {ledger.callbacks.list_for_job(job, tenant=TENANT)[0].state for job in jobs}


def test_deliveries_are_limited_per_endpoint(ledger: Ledger) -> None:
    jobs = [received(ledger, host) for host in ("a.example", "a.example", "a.example", "b.example")]
    tries = Tries()
    delivery = CallbackDispatcher(ledger, {"http": tries}, max_per_endpoint=2)
    delivery.run_once()
    assert tries.receivers(3) == ["a.example", "a.example", "b.example"]
    tries.go_on.set()
    until(lambda: delivery.run_once() or len(tries.begun) == 4, delivery)
    until(lambda: states(ledger, jobs) == {"delivered"}, delivery)


def test_deliveries_are_limited_in_total(ledger: Ledger) -> None:
    for number in range(4):
        received(ledger, f"{number}.example")
    tries = Tries()
    delivery = CallbackDispatcher(ledger, {"http": tries}, max_concurrent=3)
    delivery.run_once()
    delivery.run_once()
    assert len(tries.receivers(3)) == 3
    tries.go_on.set()


def test_unexpected_error_is_recorded_and_retried(ledger: Ledger) -> None:
    def fault(_: Callback) -> DeliveryResult:
        raise ZeroDivisionError

    job = received(ledger, "a.example")
    delivery = CallbackDispatcher(ledger, {"http": fault})
    delivery.run_once()
    until(
        lambda: ledger.callbacks.list_for_job(job, tenant=TENANT)[0].last_error is not None,
        delivery,
    )
    assert states(ledger, [job]) == {"pending"}


def test_callback_over_an_unknown_channel_fails(ledger: Ledger) -> None:
    job = received(ledger, "a.example")
    delivery = CallbackDispatcher(ledger, {})
    delivery.run_once()
    until(lambda: states(ledger, [job]) == {"failed"}, delivery)
    assert "cannot send callbacks over http" in str(
        ledger.callbacks.list_for_job(job, tenant=TENANT)[0].last_error
    )
