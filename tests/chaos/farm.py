"""A farm of real processes. A supervisor restarts each of them whenever it ends."""

import json
import queue
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.callback_receiver import SECRET
from tests.chaos.points import POINTS, Part
from tests.chaos.process_spawner import Child, ProcessSpawner
from tests.chaos.transitions import LedgerReader
from tests.servers.ports import free_ports
from tests.support.readiness import is_ready
from tests.support.waiting import until

_REACH_POINT_S = 30.0
"""A process that does not reach its crash point within this time is killed."""

_MAX_TRIES = 3
_PAUSE_S = 0.3
_READY_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedKill:
    """A planned kill: a process dies when it reaches the crash point for the `nth` time."""

    point: str
    nth: int
    retries: int = 0

    @property
    def part(self) -> Part:
        """The part with the crash point."""
        return POINTS[self.point].part


@dataclass(slots=True, kw_only=True)
class ProcessRun:
    """One process, from its start to its exit."""

    part: Part
    log: Path
    kill: PlannedKill | None
    port: int
    pid: int = 0
    code: int | None = None
    crash_record: Mapping[str, Any] | None = None
    """What the process wrote at its crash point: the point, the time, the jobs of the call."""
    sent_signals: set[int] = field(default_factory=set)
    """The signals that the process got from its supervisor."""


class Supervisor(threading.Thread):
    """Runs one process of the farm, and restarts it whenever it ends."""

    def __init__(self, farm: "ChaosFarm", part: Part, number: int) -> None:
        super().__init__(name=f"{part}-{number}", daemon=True)
        self.part = part
        self.child: Child | None = None
        self.current: ProcessRun | None = None
        self.port = free_ports(1)[0] if part == "dispatcher" else 0
        self._farm = farm

    def run(self) -> None:
        number = 0
        while not self._farm.closing.is_set():
            number += 1
            self._run_process(self._farm.next_kill(self.part), number)

    def send(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        if self.child is not None and self.current is not None:
            self.current.sent_signals.add(int(number))
            self._farm.process_spawner.signal(self.child, number)

    def _run_process(self, kill: PlannedKill | None, number: int) -> None:
        name = f"{self.name}-{number:03d}"
        logs = self._farm.folder / "logs"
        run = ProcessRun(
            part=self.part,
            log=logs / f"{name}.log",
            kill=kill,
            port=self.port,
        )
        crash_file = logs / f"{name}.crash.json"
        self.current, self._farm.runs[len(self._farm.runs) :] = run, [run]
        self.child = self._farm.process_spawner.start(
            self.part,
            log=str(run.log),
            crash_file=str(crash_file),
            point=kill.point if kill else None,
            nth=kill.nth if kill else 0,
            environment={**self._farm.environment, "WHISPERFARM_PORT": str(self.port)},
        )
        run.pid = self.child.pid
        self._await_end(run, self.child)
        run.code = self.child.code
        run.crash_record = json.loads(crash_file.read_text()) if crash_file.exists() else None
        if run.crash_record is None and kill is not None:
            self._farm.retry_kill(kill)
        if run.code != -signal.SIGKILL and not self._farm.closing.is_set():
            self._farm.closing.wait(_PAUSE_S)  # do not restart in a tight loop

    def _await_end(self, run: ProcessRun, child: Child) -> None:
        if run.kill is not None and not child.ended.wait(_REACH_POINT_S):
            self.send(signal.SIGKILL)
        child.ended.wait()


class ChaosFarm:
    """Dispatchers and workers on the servers that `environment` names."""

    def __init__(
        self,
        process_spawner: ProcessSpawner,
        folder: Path,
        ledger_reader: LedgerReader,
        *,
        dispatchers: int = 2,
        workers: int = 2,
        **environment: str,
    ) -> None:
        self.process_spawner = process_spawner
        self.folder = folder
        self.ledger_reader = ledger_reader
        self.environment = {
            **_DEFAULTS,
            "WHISPERFARM_DATA_DIR": str(folder / "data"),
            **environment,
        }
        self.closing = threading.Event()
        self.runs: list[ProcessRun] = []
        self._planned: dict[str, queue.SimpleQueue[PlannedKill]] = {
            part: queue.SimpleQueue() for part in ("dispatcher", "worker")
        }
        self.not_reached: list[PlannedKill] = []
        self.dispatchers = [Supervisor(self, "dispatcher", number) for number in range(dispatchers)]
        self.workers = [Supervisor(self, "worker", number) for number in range(workers)]

    def inject_kills(self, *kills: PlannedKill) -> None:
        """Queue kills, and stop the running processes, so that the next ones take the kills."""
        for kill in kills:
            self._planned[kill.part].put(kill)
        parts = {kill.part for kill in kills}
        for supervisor in (*self.dispatchers, *self.workers):
            if (
                supervisor.part in parts
                and supervisor.current is not None
                and supervisor.current.kill is None
            ):
                supervisor.send(signal.SIGTERM)

    def next_kill(self, part: Part) -> PlannedKill | None:
        """Return the kill of the next process of that part; None if none is planned."""
        try:
            return self._planned[part].get_nowait()
        except queue.Empty:
            return None

    def retry_kill(self, kill: PlannedKill) -> None:
        """Queue a kill again whose crash point was not reached, at most twice."""
        if self.closing.is_set():
            return
        if kill.retries + 1 < _MAX_TRIES:
            retry = PlannedKill(point=kill.point, nth=1, retries=kill.retries + 1)
            self._planned[kill.part].put(retry)
        else:
            self.not_reached.append(kill)

    def abandon_kills(self) -> None:
        """Drop the kills that are still queued."""
        for waiting in self._planned.values():
            with suppress(queue.Empty):
                while True:
                    self.not_reached.append(waiting.get_nowait())

    @property
    def urls(self) -> list[str]:
        """The base URLs of the dispatchers."""
        return [f"http://127.0.0.1:{supervisor.port}" for supervisor in self.dispatchers]

    @property
    def kills_are_done(self) -> bool:
        """Whether no kill is queued or under way."""
        runs = (supervisor.current for supervisor in (*self.dispatchers, *self.workers))
        busy = any(run is None or run.kill is not None for run in runs)
        return not busy and all(one.empty() for one in self._planned.values())

    def kill_worker_for_rescue(self) -> None:
        """Kill a worker if a dispatcher waits at a crash point of rescue.

        Once the planned kills of workers are done, no other job would need a rescue.
        """
        pending = (
            supervisor.current.kill
            for supervisor in self.dispatchers
            if supervisor.current is not None
        )
        if any(kill and kill.point.startswith("rescue") for kill in pending):
            for supervisor in self.workers:
                if supervisor.current is not None and supervisor.current.kill is None:
                    supervisor.send(signal.SIGKILL)
                    return

    def await_ready(self) -> None:
        """Wait until every dispatcher is ready."""
        for url in self.urls:
            until(lambda url=url: is_ready(url), "a ready farm", within_s=_READY_S)


_DEFAULTS = {
    "WHISPERFARM_LOG_FORMAT": "json",
    "WHISPERFARM_PRESETS": "demo",
    "WHISPERFARM_LEASE_S": "3",
    "WHISPERFARM_RESCUE_INTERVAL_S": "0.5",
    "WHISPERFARM_DISPATCH_INTERVAL_S": "0.2",
    "WHISPERFARM_REDISPATCH_AFTER_S": "3",
    "WHISPERFARM_MAX_ATTEMPTS": "1000",  # an hour of kills may hit a job many times
    "WHISPERFARM_MAX_WORKER_DEATHS": "1000",
    "WHISPERFARM_DRAIN_S": "2",
    "WHISPERFARM_CHECKPOINT_S": "0.3",
    "WHISPERFARM_CALLBACK_SECRETS": SECRET,
    "WHISPERFARM_ALLOWED_NETWORKS": "127.0.0.0/8",
    "CHAOS_CALLBACK_LEASE": "4",
    "CHAOS_PACE": "0.3",
}


@contextmanager
def start_farm(
    process_spawner: ProcessSpawner,
    folder: Path,
    *,
    ledger_reader: LedgerReader | None = None,
    **settings: Any,
) -> Iterator[ChaosFarm]:
    """Run a farm until the block ends; without `settings`, with embedded servers."""
    (folder / "logs").mkdir(parents=True)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    url = settings.get("WHISPERFARM_DATABASE_URL", f"sqlite:///{data / 'ledger.sqlite'}")
    ledger_reader = ledger_reader or LedgerReader(url)
    ledger_reader.open()
    farm = ChaosFarm(process_spawner, folder, ledger_reader, **settings)
    supervisors = (*farm.dispatchers, *farm.workers)
    for supervisor in supervisors:
        supervisor.start()
    try:
        farm.await_ready()
        yield farm
    finally:
        farm.closing.set()
        for supervisor in supervisors:
            supervisor.send(signal.SIGCONT)
            supervisor.send(signal.SIGTERM)
        for supervisor in supervisors:
            supervisor.join(20)
            supervisor.send(signal.SIGKILL)
            supervisor.join(20)
