"""What else happens to a farm under load: servers go away, disks fill up, workers stand still."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.callers import Callers
from tests.chaos.campaign import finish
from tests.chaos.checker import Verdict, judge
from tests.chaos.farm import Farm, Slot, farm
from tests.chaos.process_spawner import ProcessSpawner
from tests.chaos.receiver import receiver
from tests.chaos.servers import Servers
from tests.chaos.speech import Kind
from tests.support.waiting import until

Harm = Callable[[Farm, Callers], None]

_CALLERS = 6
_WARM = 5
_MORE = 10
_PROGRESS_S = 240.0

AWAY = ("onnection", "Broken pipe", "Socket closed", "timed out")
"""What Celery and drivers write, with a trace, when a server is away."""


def suffer(
    process_spawner: ProcessSpawner,
    folder: Path,
    harm: Harm,
    *,
    noise: tuple[str, ...] = (),
    seed: int = 0,
    kinds: tuple[Kind, ...] = ("plain",) * 4 + ("long",),
    **how: Any,
) -> Verdict:
    """The verdict on a farm that was harmed under load, and had to do more work afterwards."""
    with receiver() as received, farm(process_spawner, folder, **how) as suffering:
        recordings = folder / "recordings"
        load = Callers(suffering.urls, recordings, _CALLERS, seed, received, kinds=kinds)
        load.start()
        _await_work(load, _WARM)
        harm(suffering, load)
        _await_work(load, _MORE)
        finish(suffering, load)
        return judge(suffering, load.promises, received, noise=noise)


def _await_work(load: Callers, more: int) -> None:
    wanted = load.done + more
    until(lambda: load.done >= wanted, f"{more} recordings more", within_s=_PROGRESS_S)


def broker_restarted(servers: Servers, *, times: int, every_s: float) -> Harm:
    """The broker is killed and started again, at that pace."""

    def harm(suffering: Farm, load: Callers) -> None:
        servers.broker.wait_until_kept("whisperfarm.demo")
        for _ in range(times):
            _let_pass(every_s)
            servers.broker.kill()
            servers.broker.start()

    return harm


def broker_wiped(servers: Servers) -> Harm:
    """The broker loses all its data, queues and messages alike."""

    def harm(suffering: Farm, load: Callers) -> None:
        servers.broker.wipe()
        servers.broker.start()

    return harm


def database_restarted(servers: Servers) -> Harm:
    """The database is stopped in order, and later killed; each time it is away for a while."""

    def harm(suffering: Farm, load: Callers) -> None:
        for end in (servers.database.stop, servers.database.kill):
            end()
            _let_pass(3)
            servers.database.start()
            _await_work(load, 2)

    return harm


def messenger_killed(servers: Servers, *, for_s: float) -> Harm:
    """Redis is killed, and started again after a while."""

    def harm(suffering: Farm, load: Callers) -> None:
        servers.messenger.kill()
        _let_pass(for_s)
        servers.messenger.start()

    return harm


def store_refuses(servers: Servers, *, for_s: float) -> Harm:
    """The blob store refuses all connections for a while."""

    def harm(suffering: Farm, load: Callers) -> None:
        servers.store.kill()
        _let_pass(for_s)
        servers.store.start()

    return harm


def all_killed(*, times: int) -> Harm:
    """Every process of the farm is killed at the same moment, wherever it stands."""

    def harm(suffering: Farm, load: Callers) -> None:
        for _ in range(times):
            for slot in (*suffering.dispatchers, *suffering.workers):
                slot.send(signal.SIGKILL)
            _await_work(load, 4)

    return harm


def worker_stopped(*, times: int) -> Harm:
    """A worker is stopped past its lease, and continued when its job is another's."""

    def harm(suffering: Farm, load: Callers) -> None:
        for number in range(times):
            _stop_and_continue(suffering, suffering.workers[number % len(suffering.workers)])

    return harm


def _stop_and_continue(suffering: Farm, slot: Slot) -> None:
    job_id = until(lambda: _job_of(suffering, slot), "a job of that worker", within_s=120)
    slot.send(signal.SIGSTOP)
    try:
        attempt = _attempt(suffering, job_id)
        until(lambda: _went_on(suffering, job_id, attempt), "another worker", within_s=120)
    finally:
        slot.send(signal.SIGCONT)


def _job_of(suffering: Farm, slot: Slot) -> str | None:
    """A job that this worker has only just begun."""
    if slot.child is None or not slot.child.pid:
        return None
    return suffering.book.job_of_worker(f":{slot.child.pid}")


def _attempt(suffering: Farm, job_id: str) -> int:
    """The attempt that the job is in."""
    return max(move.attempt for move in suffering.book.moves() if move.job_id == job_id)


def _went_on(suffering: Farm, job_id: str, attempt: int) -> bool:
    moves = [move for move in suffering.book.moves() if move.job_id == job_id]
    return moves[-1].is_end or moves[-1].attempt > attempt


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A disk of a few megabytes at `mount`, which only the processes of one spawner see."""

    mount: Path
    size_bytes: int

    @property
    def inside(self) -> list[str]:
        """The command that runs another one where that disk is."""
        mounting = f"mount -t tmpfs -o size={self.size_bytes} tmpfs '{self.mount}'"
        private = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "-r"]
        return [*private, "sh", "-c", f'{mounting} && exec "$0" "$@"']

    def seen_from_outside(self, process_spawner: ProcessSpawner) -> Path:
        """The same folder by way of the process that sees it."""
        return Path(f"/proc/{process_spawner.pid}/root{self.mount}")


def disk_filled(seen: Path, *, for_s: float) -> Harm:
    """The disk is filled to its last byte, and emptied again after a while."""

    def harm(suffering: Farm, load: Callers) -> None:
        ballast = seen / "ballast"
        deadline = time.monotonic() + for_s
        while time.monotonic() < deadline:
            _fill(ballast)
            _let_pass(0.5)
        ballast.unlink()

    return harm


def _fill(ballast: Path) -> None:
    try:
        with ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        return


def _let_pass(seconds: float) -> None:
    """Time itself is what is waited for here: an outage lasts."""
    time.sleep(seconds)
