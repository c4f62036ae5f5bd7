"""The long run: all campaigns, scenarios and stale writes, one after the other, with a report."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import campaign, scenarios
from tests.chaos.checker import Verdict
from tests.chaos.process_spawner import ProcessSpawner, process_spawner
from tests.chaos.report import page
from tests.chaos.stale_writes import StaleWriteCounts, stale_writes
from tests.chaos.transitions import LedgerCopyReader
from tests.servers import distributed
from tests.servers.distributed import DistributedServers
from whisperfarm_store.ledger import open_ledger

DEFAULT_LEASE = {
    "WHISPERFARM_LEASE_S": "30",
    "WHISPERFARM_RESCUE_INTERVAL_S": "2",
    "WHISPERFARM_DISPATCH_INTERVAL_S": "0.5",
    "WHISPERFARM_REDISPATCH_AFTER_S": "30",
    "CHAOS_CALLBACK_LEASE": "90",
}
"""The default settings of a farm; farms of these tests otherwise use shorter times."""

_MEMORY = Path("/dev/shm")  # noqa: S108 - files in memory survive SIGKILL and are faster
_SLOW = {"CHAOS_PACE": "1.5"}
DEFAULT_ATTEMPTS = {"WHISPERFARM_MAX_ATTEMPTS": "3"}
"""The default: an unavailable server must not use up the attempts of a job."""

_DISK_BYTES = 8 << 20
_SERVERS = "PostgreSQL, RabbitMQ, Redis, S3"
_HAVING = {"s3", "rabbitmq"}
"""What crash points may need and farms on these servers have."""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Create a folder for farms, in memory if possible, and delete it at the end."""
    parent = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="whisperfarm-chaos-", dir=parent) as folder:
        yield Path(folder)


@dataclass(slots=True)
class LongRun:
    """The parts of the long run and their verdicts."""

    process_spawner: ProcessSpawner
    servers: DistributedServers
    folder: Path
    kills: int
    write_line: Callable[[str], object]
    save_report: Callable[[str], object]
    campaigns: dict[str, Verdict] = field(default_factory=dict)
    scenario_verdicts: dict[str, Verdict] = field(default_factory=dict)
    started_at: float = field(default_factory=time.monotonic)
    stale_counts: dict[str, StaleWriteCounts] = field(default_factory=dict)

    def run(self) -> None:
        """Run all parts. The report is saved after each of them."""
        self._run_campaigns()
        self._run_scenarios()
        self._write_stale()

    def _run_campaigns(self) -> None:
        embedded = self.kills * 2 // 5
        self._campaign("embedded servers", embedded, {"folder", "polling"}, {})
        self._campaign(
            _SERVERS,
            self.kills - embedded,
            _HAVING,
            self.servers.settings(),
        )
        self._campaign(
            f"{_SERVERS}, lease of 30 s as by default",
            24,
            _HAVING,
            {**self.servers.settings(), **DEFAULT_LEASE},
        )

    def _campaign(
        self, name: str, kills: int, having: set[str], settings: Mapping[str, str]
    ) -> None:
        rng = random.Random(len(self.campaigns))
        planned = campaign.plan_kills(kills, having=having, rng=rng)
        folder = self.folder / f"farm-{len(self.campaigns)}"
        self.campaigns[name] = campaign.run(
            self.process_spawner, folder, planned, callers=10, dispatchers=3, workers=4, **settings
        )
        self._report_verdict(name, self.campaigns[name])

    def _run_scenarios(self) -> None:
        of_servers = {
            "RabbitMQ killed every 30 s, four times": scenarios.broker_restarted(
                self.servers, times=4, every_s=30
            ),
            "RabbitMQ's data wiped": scenarios.broker_wiped(self.servers),
            "PostgreSQL stopped, and killed": scenarios.database_restarted(self.servers),
            "Redis killed, restarted after 20 s": scenarios.redis_killed(self.servers, for_s=20),
            "S3 killed, restarted after 60 s": scenarios.blob_store_killed(self.servers, for_s=60),
        }
        for name, inject in of_servers.items():
            self._scenario(name, inject, **self.servers.settings(), **DEFAULT_ATTEMPTS)
            self.servers.start()
        killed = scenarios.all_processes_killed(times=3)
        self._scenario("all processes killed at once, three times", killed)
        stopped = scenarios.workers_suspended(times=6)
        self._scenario("workers suspended past their lease, six times", stopped, **_SLOW)
        self._fill_the_disk()

    def _scenario(self, name: str, inject: scenarios.Fault, **settings: str) -> None:
        folder = self.folder / f"scenario-{len(self.scenario_verdicts)}"
        verdict = scenarios.run_scenario(
            self.process_spawner,
            folder,
            inject,
            expected_errors=scenarios.CONNECTION_ERRORS,
            workers=3,
            **settings,
        )
        self.scenario_verdicts[name] = verdict
        self._report_verdict(name, verdict)

    def _fill_the_disk(self) -> None:
        name = "disk full for 20 s, embedded servers"
        self.scenario_verdicts[name] = disk_filled(self.folder / "full", for_s=20)
        self._report_verdict(name, self.scenario_verdicts[name])

    def _write_stale(self) -> None:
        urls = {
            "SQLite": f"sqlite:///{self.folder / 'stale.sqlite'}",
            "PostgreSQL": self.servers.postgresql.new_database(),
        }
        for name, url in urls.items():
            ledger = open_ledger(url)
            ledger.migrate()
            self.stale_counts[name] = stale_writes(ledger, 1000, random.Random(1))
            ledger.close()
            self.write_line(f"{name}: {self.stale_counts[name]}")
            self.save_report(self.report())

    def _report_verdict(self, name: str, verdict: Verdict) -> None:
        findings = [*verdict.lost, *verdict.duplicated, *verdict.unexpected]
        findings += [f"crash point not reached: {point}" for point in verdict.not_reached]
        self.write_line(
            f"{name}: {len(verdict.kills)} kills, {verdict.accepted} accepted,"
            f" max recovery {verdict.max_recovery_s:.1f} s; {len(findings)} findings"
        )
        for line in findings:
            self.write_line(f"  {line}")
        self.save_report(self.report())

    def report(self) -> str:
        """Return the page with the parts that have run so far."""
        minutes = (time.monotonic() - self.started_at) / 60
        return page(self.campaigns, self.scenario_verdicts, self.stale_counts, minutes=minutes)

    @property
    def is_clean(self) -> bool:
        """Whether no part has findings."""
        verdicts = [*self.campaigns.values(), *self.scenario_verdicts.values()]
        findings = any(one.lost or one.duplicated or one.unexpected for one in verdicts)
        stale = any(one.accepted or one.overwritten for one in self.stale_counts.values())
        return not (findings or stale)


def disk_filled(folder: Path, *, for_s: float) -> Verdict:
    """Run a farm with embedded servers on a small disk, and fill the disk for `for_s` seconds."""
    for name in ("disk", "copy"):
        (folder / name).mkdir(parents=True)
    disk = scenarios.SmallDisk(folder / "disk", _DISK_BYTES)
    with process_spawner(prefix=disk.prefix) as spawner:
        path = disk.path_from_outside(spawner)
        return scenarios.run_scenario(
            spawner,
            folder / "farm",
            scenarios.disk_filled(path, for_s=for_s),
            ledger_reader=LedgerCopyReader(path, folder / "copy"),
            WHISPERFARM_DATA_DIR=str(disk.mount),
            **DEFAULT_ATTEMPTS,
        )


def run(
    *, kills: int, write_line: Callable[[str], object], save_report: Callable[[str], object]
) -> bool:
    """Return whether nothing was found. Saves the whole report after each part."""
    with (
        temporary_folder() as folder,
        distributed.started() as servers,
        process_spawner() as children,
    ):
        long_run = LongRun(children, servers, folder, kills, write_line, save_report)
        long_run.run()
        return long_run.is_clean
