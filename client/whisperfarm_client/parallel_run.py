"""Transcribes several recordings at once."""

from collections.abc import Generator, Sequence
from contextlib import suppress

from whisperfarm_client.accepted_job import CANCEL_TIMEOUT_S
from whisperfarm_client.errors import Interrupted
from whisperfarm_client.outcome import Ended
from whisperfarm_client.parallel_work import ParallelWork
from whisperfarm_client.settings import Settings
from whisperfarm_client.tasks import Tasks
from whisperfarm_client.threads import Threads
from whisperfarm_client.transport import HttpConnection

_STOP_TIMEOUT_S = CANCEL_TIMEOUT_S + 0.5


class ParallelRun:
    """A run with at most `settings.parallel` jobs at once, one in each thread.

    It begins with one. Each job that the farm accepts starts one more thread, so that a farm that
    is unavailable is waited for once.
    """

    def __init__(
        self,
        calls: Sequence[Sequence[str]],
        connection: HttpConnection,
        settings: Settings,
        started: float,
    ) -> None:
        self._tasks = Tasks(calls)
        self._work = ParallelWork(self._tasks, settings, started)
        self._work.on_accepted = self._start_another
        self._threads = Threads(self._work.run, connection, settings.parallel)

    def outcomes(self) -> Generator[Ended]:
        """Yield the outcomes in the order of the calls, each after the lines about it were printed.

        At a signal, the jobs that have not ended are cancelled. Raises `Interrupted` after the
        outcomes of the others.
        """
        self._threads.start_one()
        remaining = iter(self._tasks)
        try:
            for task in remaining:
                task.report.open()
                task.ended.wait()
                yield task.paths, task.outcome
        except Interrupted:
            self._stop()
            for other in (task, *remaining):
                if other.outcome is not None:
                    other.report.open()
                    yield other.paths, other.outcome
            raise
        finally:
            self._stop()

    def _start_another(self) -> None:
        if self._tasks.are_waiting:
            with suppress(RuntimeError):  # the system allows no more threads
                self._threads.start_one()

    def _stop(self) -> None:
        self._work.stop()
        self._threads.stop(within_s=_STOP_TIMEOUT_S)
