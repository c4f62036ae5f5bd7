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

EXIT_DEVICE_FAILED = 86
"""The device's context is broken; whoever supervises the process should start it again."""

_CHECKPOINT_TIMEOUT_S = 5.0
"""How long the checkpoints of jobs that are given back may take."""


class Drain:
    """Ends the process in good order.

    `stop_consuming` answers whether anything was being consumed; `on_draining` are called when the
    worker begins to leave, `save_checkpoints` before jobs are given back, `on_exit` just before the
    process ends in spite of running threads.
    """

    def __init__(
        self,
        leases: Leases,
        endings: Endings,
        *,
        drain_s: float,
        stop_consuming: Callable[[], bool],
        on_draining: Sequence[Callable[[], None]] = (),
        save_checkpoints: Callable[[], None] = lambda: None,
        on_exit: Sequence[Callable[[], None]],
        exit_process: Callable[[int], Any] = os._exit,
    ) -> None:
        self._leases = leases
        self._endings = endings
        self._drain_s = drain_s
        self._stop_consuming = stop_consuming
        self._on_draining = on_draining
        self._save = save_checkpoints
        self._on_exit = on_exit
        self._exit_process = exit_process
        self._draining = False
        self._signal_seen = False
        self._start_lock = threading.Lock()
        self._done = threading.Event()
        self._exit_lock = threading.Lock()

    def install(self) -> None:
        """Drain on SIGTERM and SIGINT; leave at once on the second one."""
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: self.on_signal())

    def request(self) -> None:
        """Take no more jobs, and leave when those that run have ended or time is up.

        Asked again, it goes on as before.
        """
        _in_thread(self._drain_once)

    def on_signal(self) -> None:
        """Once: as `request`. Twice: give the jobs back and leave at once.

        The first signal cuts no drain short that was asked for before: Kubernetes runs a hook that
        asks, and then sends SIGTERM whatever came of it.
        """
        target = self._exit_now if self._signal_seen else self._drain_once
        self._signal_seen = True
        _in_thread(target)

    def on_device_failure(self) -> None:
        """The device is broken: give the jobs back and leave, saying so by the exit code."""
        events.worker.device_failed.log(exit_code=EXIT_DEVICE_FAILED)
        self._requeue_and_exit(EXIT_DEVICE_FAILED)

    def mark_done(self) -> None:
        """All jobs have ended; the process ends by itself."""
        self._done.set()

    def _drain_once(self) -> None:
        with self._start_lock:
            if self._draining:
                return
            self._draining = True
        self._drain()

    def _drain(self) -> None:
        self._leases.stop_accepting()
        consuming = self._stop_consuming()
        for callback in self._on_draining:
            callback()
        if not consuming:
            self._exit_now()
            return
        events.worker.draining.log(jobs=len(self._leases.held()), drain_s=self._drain_s)
        if not self._done.wait(self._drain_s):
            self._exit_now()

    def _exit_now(self) -> None:
        self._requeue_and_exit(0)

    def _requeue_and_exit(self, exit_code: int) -> None:
        with self._exit_lock:
            if self._done.is_set():
                return
            held = self._leases.stop_all()
            self._save_checkpoints()
            for lease in held:
                job = lease.job
                events.attempt.requeued.log(job=job.id, attempt=job.attempt, preset=job.preset)
                with suppress(LeaseLost):
                    self._try_requeue(job.id, job.attempt)
            for callback in self._on_exit:
                callback()
            self._exit_process(exit_code)

    def _save_checkpoints(self) -> None:
        """A blob store that hangs shall not keep the jobs from going on elsewhere."""
        thread = threading.Thread(target=self._save, name="checkpoints", daemon=True)
        thread.start()
        thread.join(_CHECKPOINT_TIMEOUT_S)

    def _try_requeue(self, job_id: str, attempt: int) -> None:
        try:
            self._endings.requeue(job_id, attempt=attempt)
        except LeaseLost:
            raise
        except Exception as error:
            events.attempt.requeue_failed.log(job=job_id, error=str(error))


def _in_thread(target: Callable[[], None]) -> None:
    """Not in the signal handler itself: what it interrupts may hold locks."""
    threading.Thread(target=target, name="drain", daemon=True).start()
