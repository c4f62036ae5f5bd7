"""Transcribes several recordings at once."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event

from whisperfarm_client import deadline, errors, outcome
from whisperfarm_client.errors import Interrupted, Stopped
from whisperfarm_client.outcome import Ended, Outcome
from whisperfarm_client.pace import Pace
from whisperfarm_client.retry import Environment, Retrier
from whisperfarm_client.settings import Settings
from whisperfarm_client.tasks import Task, Tasks
from whisperfarm_client.threads import Threads
from whisperfarm_client.transcription import CANCEL_TIMEOUT_S, Transcription
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
        self._settings = settings
        self._started = started
        self._stopping = Event()
        self._pace = Pace(senders=settings.parallel, max_jobs=len(calls))
        self._threads = Threads(self._work, connection, settings.parallel)

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

    def _stop(self) -> None:
        self._stopping.set()
        self._pace.stop()
        self._threads.stop(within_s=_STOP_TIMEOUT_S)

    def _work(self, connection: HttpConnection) -> None:
        with suppress(Stopped):
            while not self._stopping.is_set() and (task := self._tasks.take()) is not None:
                ended = self._transcribe(task, connection)
                if ended.is_farm_unavailable:
                    self._tasks.drop()
                task.end(ended)

    def _transcribe(self, task: Task, connection: HttpConnection) -> Outcome:
        retrier = self._retrier(task)
        problem = Transcription(
            task.paths, connection, retrier, self._settings, task.report, self._turn
        ).run()
        return outcome.of(problem, retrier)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._pace.turn():
            yield
        if self._tasks.are_waiting:
            with suppress(RuntimeError):  # the system allows no more threads
                self._threads.start_one()

    def _retrier(self, task: Task) -> Retrier:
        def sleep(pause_s: float) -> None:
            if not retrier.is_accepted:
                self._pace.hold(pause_s)
            elif self._stopping.wait(pause_s):
                raise Stopped

        retrier = Retrier(
            deadline=deadline.of_job(self._settings, self._started),
            connect_timeout_s=self._settings.connect_timeout_s,
            notify=errors.waiting_line(task.report.print_error, task.paths[0]),
            environment=Environment(sleep=sleep),
        )
        return retrier
