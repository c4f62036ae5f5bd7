"""A dispatcher of one of both farms, which is killed as planned and started again."""

import json
import signal
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.chaos.farm import PlannedKill
from tests.chaos.process_spawner import Child, ProcessSpawner

_REACH_POINT_S = 20.0
_END_S = 60.0


class KilledDispatcher(threading.Thread):
    """Runs a process for each planned kill, and then one that stays; `stays` is set then.

    `killed` counts the kills by crash point; a process that does not reach its point in 20 s is
    killed wherever it is, which counts as "at any time".
    """

    def __init__(
        self,
        spawner: ProcessSpawner,
        folder: Path,
        planned: Sequence[PlannedKill],
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(daemon=True)
        self.killed: Counter[str] = Counter()
        self.stays = threading.Event()
        self._folder = folder
        self._spawner, self._planned, self._environment = spawner, planned, environment
        self._closing = threading.Event()
        self._last: Child | None = None

    def run(self) -> None:
        for number, kill in enumerate(self._planned):
            if self._closing.is_set():
                return
            self._kill(kill, self._folder / f"crash-{number}.json")
        self._last = self._start(None, self._folder / "no-crash.json")
        self.stays.set()

    def close(self) -> None:
        """End the process that stays."""
        self._closing.set()
        self.join()
        if self._last is not None:
            self._spawner.signal(self._last, signal.SIGTERM)
            assert self._last.ended.wait(_END_S), "the dispatcher does not end"

    def _kill(self, kill: PlannedKill, crash_file: Path) -> None:
        child = self._start(kill, crash_file)
        if not child.ended.wait(_REACH_POINT_S):
            self._spawner.signal(child, signal.SIGKILL)
        child.ended.wait()
        if child.code == -signal.SIGKILL:
            record = json.loads(crash_file.read_text()) if crash_file.exists() else {}
            self.killed[record.get("point", "at any time")] += 1

    def _start(self, kill: PlannedKill | None, crash_file: Path) -> Child:
        return self._spawner.start(
            "dispatcher",
            log=str(self._folder / "dispatcher.log"),
            crash_file=str(crash_file),
            point=kill and kill.point,
            nth=kill.nth if kill else 0,
            environment=dict(self._environment),
        )
