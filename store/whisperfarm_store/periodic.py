"""Work that is done again and again in a thread of its own, and that no error ends."""

import threading
from collections.abc import Callable

import structlog

from whisperfarm_contract.problems import Problem

LONGEST_PAUSE_S = 2.0
"""The longest pause after rounds that failed."""

STOP_S = 1.0
"""How long `stop` waits for a round that is under way."""

log = structlog.get_logger()


class Rounds:
    """Calls `work` every `every_s` seconds, and as soon as `wake` is set.

    `work` answers whether there is more to do at once. When it raises, the error is logged and the
    pause doubles from round to round, and `wake` is not heeded: whatever is down is left alone.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], bool],
        *,
        every_s: float,
        wake: threading.Event | None = None,
    ) -> None:
        self._name = name
        self._work = work
        self._every_s = every_s
        self._wake = wake or threading.Event()
        self._stopping = threading.Event()
        self._failures = 0
        # A round that hangs in a broker that does not answer must not keep the process alive.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no more rounds, and wait a moment for the last one."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            log.warning("rounds.left_behind", rounds=self._name)

    def _run(self) -> None:
        while self._goes_on():
            if not self._round():
                self._pause()

    def _goes_on(self) -> bool:
        # In this order: a `stop` that comes between the two is seen by the second.
        self._wake.clear()
        return not self._stopping.is_set()

    def _round(self) -> bool:
        """Whether there is more to do at once."""
        try:
            more = self._work()
        except Problem as problem:
            self._failures += 1
            log.warning("rounds.failed", rounds=self._name, problem=problem.detail)
            return False
        except Exception:
            self._failures += 1
            log.exception("rounds.failed", rounds=self._name)
            return False
        self._failures = 0
        return more

    def _pause(self) -> None:
        if self._failures:
            self._stopping.wait(pause_s(self._every_s, failures=self._failures))
        else:
            self._wake.wait(self._every_s)


def pause_s(every_s: float, *, failures: int) -> float:
    """The pause after so many rounds in a row that failed."""
    doubled_s = every_s * 2.0 ** min(failures, 32)  # later the number would outgrow a float
    return min(doubled_s, max(every_s, LONGEST_PAUSE_S))
