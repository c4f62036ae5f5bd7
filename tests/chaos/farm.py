"""A farm of real processes, each of which is started again whenever it ends."""

import json
import queue
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.chaos.moves import Book
from tests.chaos.points import POINTS, Part
from tests.chaos.process_spawner import Child, ProcessSpawner
from tests.chaos.receiver import SECRET
from tests.servers.ports import free_ports
from tests.support.waiting import until

_REACH_S = 30.0
"""A process that does not reach its point for so long is killed where it stands."""

_TRIES = 3
_PAUSE_S = 0.3
_READY_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A process is to die at the `nth` time that it reaches the point."""

    point: str
    nth: int
    tries: int = 0

    @property
    def part(self) -> Part:
        """The part that has the point."""
        return POINTS[self.point].part


@dataclass(slots=True, kw_only=True)
class Life:
    """One process, from its start to its end."""

    slot: str
    part: Part
    log: Path
    trial: Trial | None
    port: int
    pid: int = 0
    code: int | None = None
    note: Mapping[str, Any] | None = None
    """What it wrote at its point: the point, the time, the jobs at hand."""
    received: set[int] = field(default_factory=set)
    """The signals that it was sent from outside."""


class Slot(threading.Thread):
    """A place in the farm that is never empty for long."""

    def __init__(self, farm: "Farm", part: Part, number: int) -> None:
        super().__init__(name=f"{part}-{number}", daemon=True)
        self.part = part
        self.child: Child | None = None
        self.life: Life | None = None
        self.port = free_ports(1)[0] if part == "dispatcher" else 0
        self._farm = farm

    def run(self) -> None:
        number = 0
        while not self._farm.closing.is_set():
            number += 1
            self._live(self._farm.next_trial(self.part), number)

    def send(self, number: signal.Signals) -> None:
        """Send its process a signal."""
        if self.child is not None and self.life is not None:
            self.life.received.add(int(number))
            self._farm.process_spawner.signal(self.child, number)

    def _live(self, trial: Trial | None, number: int) -> None:
        name = f"{self.name}-{number:03d}"
        logs = self._farm.folder / "logs"
        life = Life(
            slot=self.name, part=self.part, log=logs / f"{name}.log", trial=trial, port=self.port
        )
        note = logs / f"{name}.note"
        self.life, self._farm.lives[len(self._farm.lives) :] = life, [life]
        self.child = self._farm.process_spawner.start(
            self.part,
            log=str(life.log),
            note=str(note),
            point=trial.point if trial else None,
            nth=trial.nth if trial else 0,
            environment={**self._farm.environment, "WHISPERFARM_PORT": str(self.port)},
        )
        life.pid = self.child.pid
        self._see_it_through(life, self.child)
        life.code = self.child.code
        life.note = json.loads(note.read_text()) if note.exists() else None
        if life.note is None and trial is not None:
            self._farm.try_again(trial)
        if life.code != -signal.SIGKILL and not self._farm.closing.is_set():
            self._farm.closing.wait(_PAUSE_S)  # never a spinning farm

    def _see_it_through(self, life: Life, child: Child) -> None:
        if life.trial is not None and not child.ended.wait(_REACH_S):
            self.send(signal.SIGKILL)
        child.ended.wait()


class Farm:
    """Dispatchers and workers on the shared state that `environment` names."""

    def __init__(
        self,
        process_spawner: ProcessSpawner,
        folder: Path,
        book: Book,
        *,
        dispatchers: int = 2,
        workers: int = 2,
        **environment: str,
    ) -> None:
        self.process_spawner = process_spawner
        self.folder = folder
        self.book = book
        self.environment = {**_USUAL, "WHISPERFARM_DATA_DIR": str(folder / "data"), **environment}
        self.closing = threading.Event()
        self.lives: list[Life] = []
        self._trials: dict[str, queue.SimpleQueue[Trial]] = {
            part: queue.SimpleQueue() for part in ("dispatcher", "worker")
        }
        self.not_reached: list[Trial] = []
        self.dispatchers = [Slot(self, "dispatcher", number) for number in range(dispatchers)]
        self.workers = [Slot(self, "worker", number) for number in range(workers)]

    def try_out(self, *trials: Trial) -> None:
        """Have processes die; those that live are asked to make room first."""
        for trial in trials:
            self._trials[trial.part].put(trial)
        parts = {trial.part for trial in trials}
        for slot in (*self.dispatchers, *self.workers):
            if slot.part in parts and slot.life is not None and slot.life.trial is None:
                slot.send(signal.SIGTERM)

    def next_trial(self, part: Part) -> Trial | None:
        """What the next process of that part has before it; none: a quiet life."""
        try:
            return self._trials[part].get_nowait()
        except queue.Empty:
            return None

    def try_again(self, trial: Trial) -> None:
        """The point was not reached."""
        if self.closing.is_set():
            return
        if trial.tries + 1 < _TRIES:
            again = Trial(point=trial.point, nth=1, tries=trial.tries + 1)
            self._trials[trial.part].put(again)
        else:
            self.not_reached.append(trial)

    def give_up(self) -> None:
        """Try no more of the trials that are left."""
        for waiting in self._trials.values():
            with suppress(queue.Empty):
                while True:
                    self.not_reached.append(waiting.get_nowait())

    @property
    def urls(self) -> list[str]:
        """Where the dispatchers listen."""
        return [f"http://127.0.0.1:{slot.port}" for slot in self.dispatchers]

    @property
    def at_peace(self) -> bool:
        """Whether no trial is left or under way."""
        lives = (slot.life for slot in (*self.dispatchers, *self.workers))
        busy = any(life is None or life.trial is not None for life in lives)
        return not busy and all(one.empty() for one in self._trials.values())

    def shake(self) -> None:
        """Kill a quiet worker wherever it stands, when a dispatcher waits for something to rescue.

        When the last trials of the workers are over, nothing else would be lost.
        """
        waiting = (slot.life.trial for slot in self.dispatchers if slot.life is not None)
        if any(trial and trial.point.startswith("rescue") for trial in waiting):
            for slot in self.workers:
                if slot.life is not None and slot.life.trial is None:
                    slot.send(signal.SIGKILL)
                    return

    def ready(self) -> None:
        """Wait until every dispatcher knows a ready worker."""
        for url in self.urls:
            until(lambda url=url: _is_ready(url), "a ready farm", within_s=_READY_S)


_USUAL = {
    "WHISPERFARM_LOG_FORMAT": "json",
    "WHISPERFARM_PRESETS": "demo",
    "WHISPERFARM_LEASE_S": "3",
    "WHISPERFARM_RESCUE_INTERVAL_S": "0.5",
    "WHISPERFARM_DISPATCH_INTERVAL_S": "0.2",
    "WHISPERFARM_REDISPATCH_AFTER_S": "3",
    "WHISPERFARM_MAX_ATTEMPTS": "1000",  # a job may be struck many times in an hour of kills
    "WHISPERFARM_MAX_WORKER_DEATHS": "1000",
    "WHISPERFARM_DRAIN_S": "2",
    "WHISPERFARM_CHECKPOINT_S": "0.3",
    "WHISPERFARM_CALLBACK_SECRETS": SECRET,
    "WHISPERFARM_ALLOWED_NETWORKS": "127.0.0.0/8",
    "CHAOS_CALLBACK_LEASE": "4",
    "CHAOS_PACE": "0.3",
}


@contextmanager
def farm(
    process_spawner: ProcessSpawner, folder: Path, *, book: Book | None = None, **how: Any
) -> Iterator[Farm]:
    """A farm; its processes are gone at the end. Without further words it has embedded servers."""
    (folder / "logs").mkdir(parents=True)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    url = how.get("WHISPERFARM_DATABASE_URL", f"sqlite:///{data / 'ledger.sqlite'}")
    book = book or Book(url)
    book.open()
    made = Farm(process_spawner, folder, book, **how)
    slots = (*made.dispatchers, *made.workers)
    for slot in slots:
        slot.start()
    try:
        made.ready()
        yield made
    finally:
        made.closing.set()
        for slot in slots:
            slot.send(signal.SIGCONT)
            slot.send(signal.SIGTERM)
        for slot in slots:
            slot.join(20)
            slot.send(signal.SIGKILL)
            slot.join(20)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
