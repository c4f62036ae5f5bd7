"""The worker's own sign of life."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from structlog.testing import capture_logs

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.ledger import WorkerSign
from whisperfarm_worker.process.registration import Presence


@dataclass
class _Register:
    signs: list[WorkerSign] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    drains: list[str] = field(default_factory=list)
    asked: list[bool] = field(default_factory=list)
    anew: list[bool] = field(default_factory=list)
    error: Exception | None = None

    def worker_seen(self, sign: WorkerSign, *, anew: bool = False) -> bool:
        if self.error is not None:
            raise self.error
        self.signs.append(sign)
        self.anew.append(anew)
        return self.asked.pop(0) if self.asked else False

    def worker_gone(self, name: str) -> None:
        if self.error is not None:
            raise self.error
        self.gone.append(name)


def _presence(
    register: _Register, unavailable: Callable[[], str | None] = lambda: None
) -> Presence:
    return Presence(
        register,
        name="w",
        presets=["demo"],
        concurrency=4,
        on_drain=lambda: register.drains.append("w"),
        unavailable=unavailable,
    )


def test_a_worker_is_ready_only_once_it_says_so() -> None:
    register = _Register()
    presence = _presence(register)
    presence.show()
    presence.ready()
    presence.show()
    assert [sign.ready for sign in register.signs] == [False, True, True]


def test_a_sign_says_who_it_is_and_what_it_serves() -> None:
    register = _Register()
    _presence(register).show()
    (sign,) = register.signs
    assert (sign.name, sign.presets, sign.concurrency, sign.pid) == ("w", ("demo",), 4, os.getpid())


def test_good_bye_is_said() -> None:
    register = _Register()
    _presence(register).gone()
    assert register.gone == ["w"]


def test_a_ledger_that_is_away_keeps_nobody_from_beginning_or_leaving() -> None:
    register = _Register(error=FarmUnavailable())
    presence = _presence(register)
    presence.ready()
    presence.gone()
    presence.leaving()


def test_only_the_first_sign_of_a_process_is_new() -> None:
    register = _Register(error=FarmUnavailable())
    presence = _presence(register)
    presence.ready()
    register.error = None
    for _ in range(2):
        presence.show()
    assert register.anew == [True, False]


def test_a_worker_that_is_asked_to_leave_drains_once_and_is_not_ready() -> None:
    register = _Register(asked=[False, True, True])
    presence = _presence(register)
    presence.ready()
    assert register.drains == []
    for _ in range(2):
        presence.show()
    assert register.drains == ["w"]
    assert [sign.ready for sign in register.signs] == [True, True, False]


def test_a_worker_that_leaves_is_not_ready() -> None:
    register = _Register()
    presence = _presence(register)
    presence.ready()
    presence.leaving()
    assert [sign.ready for sign in register.signs] == [True, False]


def test_it_takes_jobs_from_when_it_is_ready_until_it_leaves() -> None:
    presence = _presence(_Register())
    seen = [presence.takes_jobs]
    presence.ready()
    seen.append(presence.takes_jobs)
    presence.leaving()
    assert [*seen, presence.takes_jobs] == [False, True, False]


def test_worker_with_an_unavailable_dependency_is_not_ready_and_says_why() -> None:
    register, reasons = _Register(), [None, "blobs unavailable: refused"]
    presence = _presence(register, unavailable=lambda: reasons[-1])
    assert presence.not_ready_reason == "the worker is starting"
    presence.ready()
    assert presence.not_ready_reason == "blobs unavailable: refused"
    reasons.pop()
    presence.show()
    assert presence.not_ready_reason is None
    presence.leaving()
    assert presence.not_ready_reason == "the worker is draining"
    assert [sign.ready for sign in register.signs] == [False, True, False]


def test_how_long_the_start_took_is_told_once() -> None:
    presence = _presence(_Register())
    with capture_logs() as logs:
        presence.ready()
        presence.ready()  # RabbitMQ had closed the channel
    told = [line["took_s"] for line in logs if line["event"] == "worker.ready"]
    assert told[0] > 0
    assert told[1:] == [None]
