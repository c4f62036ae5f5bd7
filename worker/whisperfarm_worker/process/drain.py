"""Leaving: jobs get a while to finish, then go back to the ledger, and the process ends.

Celery's pool of threads waits for its tasks without bound, and a thread that is deep in a model can
not be stopped. So the process ends in spite of them once their jobs are somebody else's.
"""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from whisperfarm_store import events
from whisperfarm_store.ledger import LeaseLost
from whisperfarm_worker.attempt.lease import Leases
from whisperfarm_worker.attempt.settle import Endings

EXIT_POISONED = 86
"""The device's context is broken; whoever supervises the process should start it again."""

_KEEP_S = 5.0
"""How long the checkpoints of jobs that are given back may take."""


class Drain:
    """Ends the process in good order.

    `stop_consuming` answers whether anything was being consumed; `first_words` are called when the
    worker begins to leave, `keep` before jobs are given back, `last_words` just before the process
    ends in spite of running threads.
    """

    def __init__(
        self,
        leases: Leases,
        endings: Endings,
        *,
        drain_s: float,
        stop_consuming: Callable[[], bool],
        first_words: Sequence[Callable[[], None]] = (),
        keep: Callable[[], None] = lambda: None,
        last_words: Sequence[Callable[[], None]],
        leave: Callable[[int], Any] = os._exit,
    ) -> None:
        self._leases = leases
        self._endings = endings
        self._drain_s = drain_s
        self._stop_consuming = stop_consuming
        self._first_words = first_words
        self._keep = keep
        self._last_words = last_words
        self._leave = leave
        self._draining = False
        self._signalled = False
        self._begun = threading.Lock()
        self._done = threading.Event()
        self._leaving = threading.Lock()

    def install(self) -> None:
        """Drain on SIGTERM and SIGINT; leave at once on the second one."""
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: self.signalled())

    def ask(self) -> None:
        """Take no more jobs, and leave when those that run have ended or time is up.

        Asked again, it goes on as before.
        """
        _apart(self._drain_once)

    def signalled(self) -> None:
        """Once: as `ask`. Twice: give the jobs back and leave at once.

        The first signal cuts no drain short that was asked for before: Kubernetes runs a hook that
        asks, and then sends SIGTERM whatever came of it.
        """
        target = self._now if self._signalled else self._drain_once
        self._signalled = True
        _apart(target)

    def poisoned(self) -> None:
        """The device is broken: give the jobs back and leave, saying so by the exit code."""
        events.worker.device_failed.log(exit_code=EXIT_POISONED)
        self._give_back_and_leave(EXIT_POISONED)

    def finished(self) -> None:
        """All jobs have ended; the process ends by itself."""
        self._done.set()

    def _drain_once(self) -> None:
        with self._begun:
            if self._draining:
                return
            self._draining = True
        self._drain()

    def _drain(self) -> None:
        self._leases.take_no_more()
        consuming = self._stop_consuming()
        for say in self._first_words:
            say()
        if not consuming:
            self._now()
            return
        events.worker.draining.log(jobs=len(self._leases.held()), drain_s=self._drain_s)
        if not self._done.wait(self._drain_s):
            self._now()

    def _now(self) -> None:
        self._give_back_and_leave(0)

    def _give_back_and_leave(self, code: int) -> None:
        with self._leaving:
            if self._done.is_set():
                return
            held = self._leases.close()
            self._keep_what_there_is()
            for lease in held:
                job = lease.job
                events.attempt.requeued.log(job=job.id, attempt=job.attempt, preset=job.preset)
                with suppress(LeaseLost):
                    self._try_to_give_back(job.id, job.attempt)
            for say in self._last_words:
                say()
            self._leave(code)

    def _keep_what_there_is(self) -> None:
        """A blob store that hangs shall not keep the jobs from going on elsewhere."""
        keeping = threading.Thread(target=self._keep, name="keep", daemon=True)
        keeping.start()
        keeping.join(_KEEP_S)

    def _try_to_give_back(self, job_id: str, attempt: int) -> None:
        try:
            self._endings.requeue(job_id, attempt=attempt)
        except LeaseLost:
            raise
        except Exception as error:
            events.attempt.requeue_failed.log(job=job_id, error=str(error))


def _apart(target: Callable[[], None]) -> None:
    """Not in the signal handler itself: what it interrupts may hold locks."""
    threading.Thread(target=target, name="drain", daemon=True).start()
