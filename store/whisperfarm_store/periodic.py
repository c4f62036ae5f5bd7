"""A task that runs again and again in a thread of its own, and that no error ends."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from whisperfarm_contract.problems import Problem
from whisperfarm_contract.retry_policy import RetryPolicy
from whisperfarm_store import events

MAX_BACKOFF_S = 2.0
"""The longest pause after runs that failed, unless the interval is longer."""

STOP_TIMEOUT_S = 1.0
"""How long `stop` waits for a run that is in progress, unless a task says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRun:
    """When a task runs again: at the latest after `within_s` seconds, and not before `after_s`
    seconds, even if `wake` is set."""

    within_s: float
    after_s: float = 0.0


class PeriodicTask:
    """Calls `run_once` every `interval_s` seconds, and as soon as `wake` is set.

    `run_once` returns True if it has more to do at once, or the `NextRun`. When it raises, the
    error is logged unless the run before raised the same, the pause doubles from run to run up to
    `max_backoff_s`, and `wake` is ignored until a run succeeds: a dependency that is unavailable is
    not called more often. With `max_backoff_s` 0 the pause stays `interval_s`.
    """

    def __init__(
        self,
        name: str,
        run_once: Callable[[], bool | NextRun | None],
        *,
        interval_s: float,
        wake: threading.Event | None = None,
        max_backoff_s: float = MAX_BACKOFF_S,
        stop_timeout_s: float = STOP_TIMEOUT_S,
    ) -> None:
        self._name = name
        self._run_once = run_once
        self._interval_s = interval_s
        self._wake = wake or threading.Event()
        self._max_backoff_s = max_backoff_s
        self._stop_timeout_s = stop_timeout_s
        self._stopping = threading.Event()
        self._failures = 0
        self._last_error = ""
        # A run that hangs, for example in a broker that does not answer, must not keep the
        # process alive.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread; the first run begins at once."""
        self._thread.start()

    def stop(self) -> None:
        """Start no more runs, and wait up to `stop_timeout_s` for the one in progress."""
        self._stopping.set()
        self._wake.set()
        if not self._thread.is_alive():
            return
        self._thread.join(self._stop_timeout_s)
        if self._thread.is_alive():
            events.periodic.stop_timed_out.log(task=self._name)

    def _run(self) -> None:
        while self._should_continue():
            next_run = self._try_once()
            if self._failures:
                self._back_off()
            elif next_run is not True:
                self._pause(next_run or NextRun(within_s=self._interval_s))

    def _should_continue(self) -> bool:
        # In this order: a `stop` that comes between the two is seen by the second.
        self._wake.clear()
        return not self._stopping.is_set()

    def _try_once(self) -> bool | NextRun | None:
        """Run once. Returns what `run_once` returns, or `None` if it fails."""
        try:
            next_run = self._run_once()
        except Exception as error:
            self._failed(error)
            return None
        self._succeeded()
        return next_run

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        previous, self._last_error = self._last_error, repr(error)
        if self._last_error == previous:
            return
        if isinstance(error, Problem):
            events.periodic.failed.log(task=self._name, error=error.detail)
        else:
            events.periodic.error.log(task=self._name)

    def _succeeded(self) -> None:
        if self._failures:
            events.periodic.recovered.log(task=self._name)
        self._failures, self._last_error = 0, ""

    def _back_off(self) -> None:
        pause_s = backoff_s(self._interval_s, failures=self._failures, max_s=self._max_backoff_s)
        self._stopping.wait(pause_s)

    def _pause(self, next_run: NextRun) -> None:
        if not self._stopping.wait(next_run.after_s):
            self._wake.wait(next_run.within_s - next_run.after_s)


def backoff_s(interval_s: float, *, failures: int, max_s: float = MAX_BACKOFF_S) -> float:
    """Return the pause after this many failed runs in a row."""
    policy = RetryPolicy(initial_s=interval_s, max_s=max(interval_s, max_s), jitter=0.0)
    return policy.delay_s(failures + 1, chance=0.0)
