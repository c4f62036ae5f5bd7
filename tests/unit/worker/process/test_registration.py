"""The worker's heartbeats."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from structlog.testing import capture_logs

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.ledger import WorkerHeartbeat
from whisperfarm_worker.process.registration import Registration


@dataclass
class _Register:
    signs: list[WorkerHeartbeat] = field(default_factory=list)
    deregistered: list[str] = field(default_factory=list)
    drains: list[str] = field(default_factory=list)
    asked: list[bool] = field(default_factory=list)
    is_first: list[bool] = field(default_factory=list)
    error: Exception | None = None

    def record_heartbeat(self, heartbeat: WorkerHeartbeat, *, is_first: bool = False) -> bool:
        if self.error is not None:
            raise self.error
        self.signs.append(heartbeat)
        self.is_first.append(is_first)
        return self.asked.pop(0) if self.asked else False

    def deregister(self, name: str) -> None:
        if self.error is not None:
            raise self.error
        self.deregistered.append(name)


def _presence(
    register: _Register, unavailable: Callable[[], str | None] = lambda: None
) -> Registration:
    return Registration(
        register,
        name="w",
        presets=["demo"],
        concurrency=4,
        on_drain=lambda: register.drains.append("w"),
        unavailable=unavailable,
    )


def test_worker_is_not_ready_before_mark_ready() -> None:
    register = _Register()
    registration = _presence(register)
    registration.heartbeat()
    registration.mark_ready()
    registration.heartbeat()
    assert [heartbeat.ready for heartbeat in register.signs] == [False, True, True]


def test_heartbeat_has_name_and_presets() -> None:
    register = _Register()
    _presence(register).heartbeat()
    (heartbeat,) = register.signs
    assert (heartbeat.name, heartbeat.presets, heartbeat.concurrency, heartbeat.pid) == (
        "w",
        ("demo",),
        4,
        os.getpid(),
    )


def test_deregister_removes_the_worker() -> None:
    register = _Register()
    _presence(register).deregister()
    assert register.deregistered == ["w"]


def test_unavailable_ledger_blocks_neither_start_nor_exit() -> None:
    register = _Register(error=FarmUnavailable())
    registration = _presence(register)
    registration.mark_ready()
    registration.deregister()
    registration.mark_draining()


def test_only_the_first_heartbeat_is_first() -> None:
    register = _Register(error=FarmUnavailable())
    registration = _presence(register)
    registration.mark_ready()
    register.error = None
    for _ in range(2):
        registration.heartbeat()
    assert register.is_first == [True, False]


def test_requested_drain_starts_once() -> None:
    register = _Register(asked=[False, True, True])
    registration = _presence(register)
    registration.mark_ready()
    assert register.drains == []
    for _ in range(2):
        registration.heartbeat()
    assert register.drains == ["w"]
    assert [heartbeat.ready for heartbeat in register.signs] == [True, True, False]


def test_draining_worker_is_not_ready() -> None:
    register = _Register()
    registration = _presence(register)
    registration.mark_ready()
    registration.mark_draining()
    assert [heartbeat.ready for heartbeat in register.signs] == [True, False]


def test_accepts_jobs_between_ready_and_draining() -> None:
    registration = _presence(_Register())
    seen = [registration.accepts_jobs]
    registration.mark_ready()
    seen.append(registration.accepts_jobs)
    registration.mark_draining()
    assert [*seen, registration.accepts_jobs] == [False, True, False]


def test_unavailable_dependency_is_the_not_ready_reason() -> None:
    register, reasons = _Register(), [None, "blobs unavailable: refused"]
    registration = _presence(register, unavailable=lambda: reasons[-1])
    assert registration.not_ready_reason == "the worker is starting"
    registration.mark_ready()
    assert registration.not_ready_reason == "blobs unavailable: refused"
    reasons.pop()
    registration.heartbeat()
    assert registration.not_ready_reason is None
    registration.mark_draining()
    assert registration.not_ready_reason == "the worker is draining"
    assert [heartbeat.ready for heartbeat in register.signs] == [False, True, False]


def test_startup_time_is_logged_once() -> None:
    registration = _presence(_Register())
    with capture_logs() as logs:
        registration.mark_ready()
        registration.mark_ready()  # RabbitMQ has closed the channel
    received = [line["took_s"] for line in logs if line["event"] == "worker.ready"]
    assert received[0] > 0
    assert received[1:] == [None]
