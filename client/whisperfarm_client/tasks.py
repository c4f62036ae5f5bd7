"""What several threads have to do, in the order of the command line."""

from collections import deque
from collections.abc import Iterator, Sequence
from threading import Event, Lock

from whisperfarm_client.outcome import Outcome
from whisperfarm_client.report import Report


class Task:
    """The job of one recording or call. `outcome` is `None` before its end, or if it is unsent."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = paths
        self.report = Report(paths[0], is_open=False)
        self.outcome: Outcome | None = None
        self.ended = Event()

    def end(self, outcome: Outcome | None) -> None:
        self.outcome = outcome
        self.ended.set()


class Tasks:
    """The tasks of a run."""

    def __init__(self, calls: Sequence[Sequence[str]]) -> None:
        self._all = [Task(paths) for paths in calls]
        self._waiting = deque(self._all)
        self._lock = Lock()

    def __iter__(self) -> Iterator[Task]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def are_waiting(self) -> bool:
        return bool(self._waiting)

    def take(self) -> Task | None:
        """Return the next task, or `None` if there is no other."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def drop(self) -> None:
        """End the tasks that were not taken, as unsent."""
        while (task := self.take()) is not None:
            task.end(None)
