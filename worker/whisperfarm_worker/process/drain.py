"""Graceful shutdown: waits `drain_s` for running jobs, requeues the others, and exits.

Celery's thread pool waits for its tasks without limit, and a thread inside a model cannot be
interrupted. Therefore the process exits with `os._exit` once these jobs are requeued.
"""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from whisperfarm_store import events
from whisperfarm_store.ledger import Attempts, LeaseLost
from whisperfarm_worker.attempt.lease import Leases
from whisperfarm_worker.settings import EXIT_WITHIN_S

EXIT_DEVICE_FAILED = 86
"""Exit code for a broken device context. The supervisor should restart the process."""

_CHECKPOINT_TIMEOUT_S = 5.0
"""How long shutdown waits for the checkpoints of requeued jobs."""


class Drain:
    """Shuts the process down without losing jobs.

    `stop_consuming` returns whether the consumer was running. `on_draining` are called when the
    drain begins, `save_checkpoints` before jobs are requeued, and `on_exit` just before the process
    exits despite running threads. `exit_within_s` limits the time of all these.
    """

    def __init__(
        self,
        leases: Leases,
        attempts: Attempts,
        *,
        drain_s: float,
        stop_consuming: Callable[[], bool],
        on_draining: Sequence[Callable[[], None]] = (),
        save_checkpoints: Callable[[], None] = lambda: None,
        on_exit: Sequence[Callable[[], None]],
        exit_process: Callable[[int], Any] = os._exit,
        exit_within_s: float = EXIT_WITHIN_S,
    ) -> None:
        self._leases = leases
        self._attempts = attempts
        self._drain_s = drain_s
        self._stop_consuming = stop_consuming
        self._on_draining = on_draining
        self._save = save_checkpoints
        self._on_exit = on_exit
        self._exit_process = exit_process
        self._exit_within_s = exit_within_s
        self._draining = False
        self._was_signalled = False
        self._start_lock = threading.Lock()
        self._done = threading.Event()
        self._exit_lock = threading.Lock()

    def install(self) -> None:
        """Drain on the first SIGTERM or SIGINT, and exit at once on the second."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.on_signal())

    def request(self) -> None:
        """Claim no more jobs, and exit when running jobs have ended or after `drain_s` seconds.

        Further calls have no effect.
        """
        _in_thread(self._drain_once)

    def on_signal(self) -> None:
        """Drain on the first call. On the second, requeue the jobs and exit at once.

        The first signal does not cut short a drain that was already requested: Kubernetes runs the
        preStop hook, which requests it, and then sends SIGTERM.
        """
        target = self._exit_now if self._was_signalled else self._drain_once
        self._was_signalled = True
        _in_thread(target)

    def on_device_failure(self) -> None:
        """Requeue the jobs and exit with `EXIT_DEVICE_FAILED`."""
        events.worker.device_failed.log(exit_code=EXIT_DEVICE_FAILED)
        self._requeue_and_exit(EXIT_DEVICE_FAILED)

    def mark_done(self) -> None:
        """Cancel the forced exit, because all jobs have ended."""
        self._done.set()

    def _drain_once(self) -> None:
        with self._start_lock:
            if self._draining:
                return
            self._draining = True
        self._exit_after(self._drain_s)
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
        self._exit_after(0, exit_code)
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

    def _exit_after(self, delay_s: float, exit_code: int = 0) -> None:
        """Exit after `delay_s` seconds and the time to exit, whatever hangs by then."""

        def force_exit() -> None:
            events.worker.exit_forced.log(within_s=self._exit_within_s)
            self._exit_process(exit_code)

        timer = threading.Timer(delay_s + self._exit_within_s, force_exit)
        timer.daemon = True
        timer.start()

    def _save_checkpoints(self) -> None:
        """Save in a thread, so that a blob store that hangs does not delay the requeue."""
        thread = threading.Thread(target=self._save, name="checkpoints", daemon=True)
        thread.start()
        thread.join(_CHECKPOINT_TIMEOUT_S)

    def _try_requeue(self, job_id: str, attempt: int) -> None:
        try:
            self._attempts.requeue(job_id, attempt=attempt)
        except LeaseLost:
            raise
        except Exception as error:
            events.attempt.requeue_failed.log(job=job_id, error=str(error))


def _in_thread(target: Callable[[], None]) -> None:
    """Run `target` outside the signal handler, because the interrupted code may hold locks."""
    threading.Thread(target=target, name="drain", daemon=True).start()
