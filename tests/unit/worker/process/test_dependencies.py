"""Whether the ledger and the blob store are available to a worker."""

import threading
from dataclasses import dataclass, field

import pytest

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_contract.retry_policy import RetryPolicy
from whisperfarm_worker.process.dependencies import PROBE_POLICY, Dependencies, Dependency

WITHIN_S = 30


@dataclass
class _Server:
    """A dependency that fails while the test wants it to."""

    error: Exception | None = None
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def check(self) -> None:
        self.asked.release()
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize(
    ("error", "reason"), [(FarmUnavailable("gone"), "gone"), (OSError("odd"), "OSError: odd")]
)
def test_failed_check_has_a_reason(error: Exception, reason: str) -> None:
    server, changes = _Server(error), list[str]()
    dependency = Dependency("blobs", server.check, on_change=lambda: changes.append("changed"))
    dependency.probe()
    dependency.probe()
    assert dependency.reason == reason
    assert changes == ["changed"]
    server.error = None
    dependency.probe()
    assert dependency.reason is None
    assert changes == ["changed", "changed"]


def test_suspected_dependency_is_unavailable_until_a_check_passes() -> None:
    server, changed = _Server(), threading.Event()
    quick = RetryPolicy(initial_s=0.01, max_s=0.01)
    dependency = Dependency("blobs", server.check, on_change=changed.set, policy=quick)
    dependency.report_unavailable(FarmUnavailable("refused"))
    assert dependency.reason == "refused"
    changed.clear()
    dependency.start()
    assert changed.wait(WITHIN_S)
    assert dependency.reason is None
    dependency.stop()


def test_available_dependency_is_checked_again_and_again() -> None:
    server = _Server()
    dependency = Dependency("blobs", server.check, on_change=lambda: None, check_every_s=0.01)
    dependency.start()
    for _ in range(3):
        assert server.asked.acquire(timeout=WITHIN_S)
    dependency.stop()


def test_worker_goes_on_within_seconds_of_a_return() -> None:
    assert max(PROBE_POLICY.delay_s(failures, chance=1.0) for failures in range(1, 99)) < 3


def test_dependencies_are_available_when_all_are() -> None:
    ledger, blobs, changes = _Server(), _Server(), list[bool]()
    checks = {"ledger": ledger.check, "blobs": blobs.check}
    dependencies = Dependencies(checks, on_change=lambda: changes.append(dependencies.available))
    assert dependencies.wait_available(0.0)
    dependencies.report_unavailable("blobs", FarmUnavailable("refused"))
    dependencies.report_unavailable("ledger", FarmUnavailable("gone"))
    assert not dependencies.wait_available(0.01)
    assert dependencies.reason == "ledger unavailable: gone; blobs unavailable: refused"
    assert [(one.labels, one.value) for one in dependencies.readings()] == [
        (("ledger",), 0.0),
        (("blobs",), 0.0),
    ]
    dependencies.start()
    assert dependencies.wait_available(WITHIN_S)
    dependencies.stop()
    assert changes[0] is False
    assert changes[-1] is True
    assert [one.value for one in dependencies.readings()] == [1.0, 1.0]
