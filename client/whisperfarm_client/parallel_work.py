"""What each thread of a run with several jobs at once does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event

from whisperfarm_client import deadline, errors, outcome
from whisperfarm_client.errors import Stopped
from whisperfarm_client.outcome import Outcome
from whisperfarm_client.pace import Pace
from whisperfarm_client.retry import Environment, Retrier
from whisperfarm_client.settings import Settings
from whisperfarm_client.tasks import Task, Tasks
from whisperfarm_client.transcription import Transcription
from whisperfarm_client.transport import HttpConnection


class ParallelWork:
    """Takes tasks until there is none, the farm is unavailable, or the work is stopped.

    `on_accepted` is called when the farm has accepted a job. `started` is the time of the
    process's start.
    """

    def __init__(self, tasks: Tasks, settings: Settings, started: float) -> None:
        self.on_accepted: Callable[[], object] = lambda: None
        self._tasks = tasks
        self._settings = settings
        self._started = started
        self._stopping = Event()
        self._pace = Pace(senders=settings.parallel, max_jobs=len(tasks))

    def run(self, connection: HttpConnection) -> None:
        """Work in this thread."""
        with suppress(Stopped):
            while not self._stopping.is_set() and (task := self._tasks.take()) is not None:
                ended = self._transcribe(task, connection)
                if ended.is_farm_unavailable:
                    self._tasks.drop()
                task.end(ended)

    def stop(self) -> None:
        """Let no thread begin anything new."""
        self._stopping.set()
        self._pace.stop()

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
        self.on_accepted()

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
