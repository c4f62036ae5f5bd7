"""Checks the ledger, the blob store and the scratch space. While one of them is unavailable, the
worker claims no jobs."""

import random
import threading
from collections.abc import Callable, Iterator, Mapping

from whisperfarm_contract.problems import Problem
from whisperfarm_contract.retry_policy import RetryPolicy
from whisperfarm_store import events
from whisperfarm_store.metrics import Sample, definitions

PROBE_POLICY = RetryPolicy(initial_s=0.5, max_s=2.0)
"""Delays between checks of an unavailable dependency. They are short, so that work resumes soon."""

CHECK_EVERY_S = 3.0
"""Interval of the checks of an available dependency. An idle worker notices an outage only by these
checks."""


class Dependency:
    """One dependency, checked by a separate thread because `check` may hang.

    `check` raises if the dependency is unavailable. `on_change` is called after each change.
    """

    def __init__(
        self,
        name: str,
        check: Callable[[], object],
        *,
        on_change: Callable[[], None],
        policy: RetryPolicy = PROBE_POLICY,
        check_every_s: float = CHECK_EVERY_S,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.name = name
        self._check = check
        self._on_change = on_change
        self._policy = policy
        self._check_every_s = check_every_s
        self._chance = chance
        self._reason: str | None = None
        self._failures = 0
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"check {name}", daemon=True)

    @property
    def reason(self) -> str | None:
        """Why the dependency is unavailable; `None` if it is available."""
        return self._reason

    def start(self) -> None:
        """Start the thread that checks."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the checks, without waiting for one that hangs."""
        self._stopping.set()
        self._woken.set()

    def report_unavailable(self, problem: Problem) -> None:
        """Treat the dependency as unavailable until the next check passes."""
        self._failed(problem.detail)
        self._woken.set()

    def probe(self) -> None:
        """Check once, in the caller's thread."""
        try:
            self._check()
        except Problem as problem:
            self._failed(problem.detail)
        except Exception as error:
            self._failed(f"{type(error).__name__}: {error}")
        else:
            self._passed()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._pause()
            if not self._stopping.is_set():
                self.probe()

    def _pause(self) -> None:
        """Wait for the next check: the interval while available, else the delay of the policy."""
        if self._reason is None and not self._woken.wait(self._check_every_s):
            # It was available for a whole interval, so the next failure is the first.
            self._failures = 0
            return
        self._woken.clear()
        if self._failures:
            delay_s = self._policy.delay_s(self._failures, chance=self._chance())
            self._stopping.wait(delay_s)

    def _failed(self, reason: str) -> None:
        with self._lock:
            previous, self._reason = self._reason, reason
            self._failures += 1
        if previous is None:
            events.dependency.unavailable.log(dependency=self.name, reason=reason)
            self._on_change()

    def _passed(self) -> None:
        with self._lock:
            previous, self._reason = self._reason, None
        if previous is not None:
            events.dependency.available.log(dependency=self.name)
            self._on_change()


class Dependencies:
    """All dependencies of a worker. `on_change` is called after each change of one of them."""

    def __init__(
        self, checks: Mapping[str, Callable[[], object]], *, on_change: Callable[[], None]
    ) -> None:
        self._changed = threading.Condition()
        self._on_change = on_change
        self._by_name = {
            name: Dependency(name, check, on_change=self._notify) for name, check in checks.items()
        }

    @property
    def reason(self) -> str | None:
        """Names of the unavailable dependencies and the reasons; `None` if all are available."""
        reasons = [
            f"{dependency.name} unavailable: {reason}"
            for dependency in self._by_name.values()
            if (reason := dependency.reason) is not None
        ]
        return "; ".join(reasons) or None

    @property
    def available(self) -> bool:
        """Whether all dependencies are available."""
        return self.reason is None

    def wait_available(self, within_s: float) -> bool:
        """Wait at most `within_s` seconds until all are available. Returns whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: self.available, within_s)

    def report_unavailable(self, name: str, problem: Problem) -> None:
        """Treat one dependency as unavailable until its next check passes."""
        self._by_name[name].report_unavailable(problem)

    def readings(self) -> Iterator[Sample]:
        """Return samples of `DEPENDENCY_UP`: 1 for available dependencies, 0 for the others."""
        for dependency in self._by_name.values():
            value = 1.0 if dependency.reason is None else 0.0
            yield Sample(definitions.DEPENDENCY_UP, value, (dependency.name,))

    def start(self) -> None:
        """Start the checks."""
        for dependency in self._by_name.values():
            dependency.start()

    def stop(self) -> None:
        """Stop the checks."""
        for dependency in self._by_name.values():
            dependency.stop()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()
        self._on_change()
