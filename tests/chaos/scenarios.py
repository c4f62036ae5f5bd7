"""Faults beside kills, in a farm under load: server outages, a full disk, suspended workers."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.callback_receiver import receiver
from tests.chaos.callers import Callers
from tests.chaos.campaign import finish
from tests.chaos.checker import Verdict, check
from tests.chaos.farm import ChaosFarm, Supervisor, start_farm
from tests.chaos.process_spawner import ProcessSpawner
from tests.chaos.recordings import Kind
from tests.servers.distributed import DistributedServers
from tests.support.waiting import until

Fault = Callable[[ChaosFarm, Callers], None]

_CALLERS = 6
_RECORDINGS_BEFORE = 5
_RECORDINGS_AFTER = 10
_PROGRESS_S = 240.0

CONNECTION_ERRORS = ("onnection", "Broken pipe", "Socket closed", "timed out")
"""Parts of the errors that Celery and drivers log with a traceback when a server is unavailable."""


def run_scenario(
    process_spawner: ProcessSpawner,
    folder: Path,
    inject: Fault,
    *,
    expected_errors: tuple[str, ...] = (),
    seed: int = 0,
    kinds: tuple[Kind, ...] = ("plain",) * 4 + ("long",),
    **options: Any,
) -> Verdict:
    """Inject a fault into a farm under load, wait for further results, and check the history."""
    with (
        receiver() as callbacks,
        start_farm(process_spawner, folder, **options) as farm,
        Callers(
            farm.urls, folder / "recordings", _CALLERS, seed, callbacks, kinds=kinds
        ) as workload,
    ):
        _await_work(workload, _RECORDINGS_BEFORE)
        inject(farm, workload)
        _await_work(workload, _RECORDINGS_AFTER)
        finish(farm, workload)
        return check(farm, workload.submissions, callbacks, expected_errors=expected_errors)


def _await_work(workload: Callers, more: int) -> None:
    wanted = workload.done + more
    until(lambda: workload.done >= wanted, f"{more} more results", within_s=_PROGRESS_S)


def broker_restarted(servers: DistributedServers, *, times: int, every_s: float) -> Fault:
    """Kill the broker every `every_s` seconds and restart it."""

    def inject(farm: ChaosFarm, workload: Callers) -> None:
        servers.rabbitmq.wait_until_kept("whisperfarm.demo")
        for _ in range(times):
            _sleep(every_s)
            servers.rabbitmq.kill()
            servers.rabbitmq.start()

    return inject


def broker_wiped(servers: DistributedServers) -> Fault:
    """Delete all data of the broker, queues and messages alike."""

    def inject(farm: ChaosFarm, workload: Callers) -> None:
        servers.rabbitmq.wipe()
        servers.rabbitmq.start()

    return inject


def database_restarted(servers: DistributedServers) -> Fault:
    """Stop the database, later kill it; each time restart it after 3 s."""

    def inject(farm: ChaosFarm, workload: Callers) -> None:
        for end in (servers.postgresql.stop, servers.postgresql.kill):
            end()
            _sleep(3)
            servers.postgresql.start()
            _await_work(workload, 2)

    return inject


def redis_killed(servers: DistributedServers, *, for_s: float) -> Fault:
    """Kill Redis and restart it after `for_s` seconds."""

    def inject(farm: ChaosFarm, workload: Callers) -> None:
        servers.redis.kill()
        _sleep(for_s)
        servers.redis.start()

    return inject


def blob_store_killed(servers: DistributedServers, *, for_s: float) -> Fault:
    """Kill the blob store and restart it after `for_s` seconds."""

    def inject(farm: ChaosFarm, workload: Callers) -> None:
        servers.s3.kill()
        _sleep(for_s)
        servers.s3.start()

    return inject


def all_processes_killed(*, times: int) -> Fault:
    """Kill all processes of the farm at the same moment."""

    def inject(farm: ChaosFarm, workload: Callers) -> None:
        for _ in range(times):
            for supervisor in (*farm.dispatchers, *farm.workers):
                supervisor.send(signal.SIGKILL)
            _await_work(workload, 4)

    return inject


def workers_suspended(*, times: int) -> Fault:
    """Suspend a worker past its lease, and resume it once another worker has claimed its job."""

    def inject(farm: ChaosFarm, workload: Callers) -> None:
        for number in range(times):
            _suspend_past_the_lease(farm, farm.workers[number % len(farm.workers)])

    return inject


def _suspend_past_the_lease(farm: ChaosFarm, supervisor: Supervisor) -> None:
    job_id = until(lambda: _suspend(farm, supervisor), "a suspended job", within_s=120)
    try:
        attempt = _attempt(farm, job_id)
        until(
            lambda: _was_taken_over(farm, job_id, attempt),
            "another worker to claim the job",
            within_s=120,
        )
    finally:
        supervisor.send(signal.SIGCONT)


def _suspend(farm: ChaosFarm, supervisor: Supervisor) -> str | None:
    """Suspend a worker that runs a job, and return the job; None if it is not to be suspended now.

    A process that is suspended within a transaction keeps SQLite's lock, and the whole farm waits.
    """
    job_id = _job_of(farm, supervisor)
    if job_id is None or supervisor.child is None:
        return None
    supervisor.send(signal.SIGSTOP)
    stat = Path(f"/proc/{supervisor.child.pid}/stat")
    until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "a suspended process")
    if farm.ledger_reader.is_writable():
        return job_id
    supervisor.send(signal.SIGCONT)
    return None


def _job_of(farm: ChaosFarm, supervisor: Supervisor) -> str | None:
    """Return the job that the worker started last, or None if it has none."""
    if supervisor.child is None or not supervisor.child.pid:
        return None
    return farm.ledger_reader.job_of_worker(f":{supervisor.child.pid}")


def _attempt(farm: ChaosFarm, job_id: str) -> int:
    return max(one.attempt for one in farm.ledger_reader.transitions() if one.job_id == job_id)


def _was_taken_over(farm: ChaosFarm, job_id: str, attempt: int) -> bool:
    transitions = [one for one in farm.ledger_reader.transitions() if one.job_id == job_id]
    return transitions[-1].is_final or transitions[-1].attempt > attempt


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A small disk at `mount` in the mount namespace of one fork server."""

    mount: Path
    size_bytes: int

    @property
    def prefix(self) -> list[str]:
        """A command that mounts the disk and runs another command there."""
        mounting = f"mount -t tmpfs -o size={self.size_bytes} tmpfs '{self.mount}'"
        private = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "-r"]
        return [*private, "sh", "-c", f'{mounting} && exec "$0" "$@"']

    def path_from_outside(self, process_spawner: ProcessSpawner) -> Path:
        """Return the disk's path for processes outside of the namespace."""
        return Path(f"/proc/{process_spawner.pid}/root{self.mount}")


def disk_filled(path: Path, *, for_s: float) -> Fault:
    """Keep the disk full for `for_s` seconds."""

    def inject(farm: ChaosFarm, workload: Callers) -> None:
        ballast = path / "ballast"
        deadline = time.monotonic() + for_s
        while time.monotonic() < deadline:
            _fill(ballast)
            _sleep(0.5)
        ballast.unlink()

    return inject


def _fill(ballast: Path) -> None:
    try:
        with ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        return


def _sleep(seconds: float) -> None:
    time.sleep(seconds)  # the fault is its duration: there is no signal to wait for
