"""Workers give signs of life."""

from dataclasses import replace

from tests.support.jobs import new_job
from whisperfarm_store.ledger import Ledger, WorkerSign

SIGN = WorkerSign(
    name="host:17", presets=("demo", "fast"), concurrency=4, pid=17, host="host", ready=False
)


def test_a_sign_is_told_as_it_was_given(ledger: Ledger) -> None:
    ledger.worker_seen(SIGN)
    assert ledger.live_workers(within_s=60) == [SIGN]


def test_a_new_sign_takes_the_place_of_the_last(ledger: Ledger) -> None:
    ready = replace(SIGN, ready=True)
    for sign in (SIGN, ready):
        ledger.worker_seen(sign)
    assert ledger.live_workers(within_s=60) == [ready]


def test_a_worker_that_was_not_heard_of_lately_is_not_live(ledger: Ledger) -> None:
    ledger.worker_seen(SIGN)
    assert ledger.live_workers(within_s=-1) == []


def test_a_worker_that_said_good_bye_is_not_live(ledger: Ledger) -> None:
    other = replace(SIGN, name="host:18")
    for sign in (SIGN, other):
        ledger.worker_seen(sign)
    ledger.worker_gone(SIGN.name)
    ledger.worker_gone("nobody")
    assert ledger.live_workers(within_s=60) == [other]


def test_a_worker_that_is_asked_to_leave_hears_of_it_and_is_not_ready(ledger: Ledger) -> None:
    ready, other = replace(SIGN, ready=True), replace(SIGN, name="host:18", ready=True)
    assert not ledger.worker_seen(ready, anew=True)
    ledger.worker_seen(other)
    ledger.ask_drain([SIGN.name, "nobody"])
    leaving = replace(ready, ready=False, draining=True)
    assert ledger.live_workers(within_s=60) == [leaving, other]
    assert [ledger.worker_seen(ready), ledger.worker_seen(other)] == [True, False]


def test_a_new_process_of_the_same_name_is_not_asked_to_leave(ledger: Ledger) -> None:
    ledger.worker_seen(SIGN)
    ledger.ask_drain([SIGN.name])
    assert not ledger.worker_seen(SIGN, anew=True)
    assert ledger.live_workers(within_s=60) == [SIGN]


def test_the_jobs_that_workers_have_are_counted(ledger: Ledger) -> None:
    for worker in ("w1", "w2", "w1"):
        ledger.claim(ledger.insert(new_job()).id, worker=worker, lease_s=60)
    ledger.insert(new_job())
    assert ledger.at_work() == {"w1": 2, "w2": 1}
