"""The long form: all that the chaos tests do, at length, one after the other."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import campaign, scenarios
from tests.chaos import servers as all_servers
from tests.chaos.checker import Verdict
from tests.chaos.moves import CopiedBook
from tests.chaos.process_spawner import ProcessSpawner, process_spawner
from tests.chaos.report import page
from tests.chaos.servers import Servers
from tests.chaos.stale_writers import Count, stale_writes
from whisperfarm_store.ledger import open_ledger

USUAL_LEASE = {
    "WHISPERFARM_LEASE_S": "30",
    "WHISPERFARM_RESCUE_INTERVAL_S": "2",
    "WHISPERFARM_DISPATCH_INTERVAL_S": "0.5",
    "WHISPERFARM_REDISPATCH_AFTER_S": "30",
    "CHAOS_CALLBACK_LEASE": "90",
}
"""What a farm has that was told nothing."""

_MEMORY = Path("/dev/shm")  # noqa: S108 - SIGKILL loses nothing in memory, and it is faster
_SLOW = {"CHAOS_PACE": "1.5"}
DEFAULT_ATTEMPTS = {"WHISPERFARM_MAX_ATTEMPTS": "3"}
"""A server that is away shall not cost a job the attempts that it has by default."""

_DISK_BYTES = 8 << 20


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder for farms that do not last."""
    place = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="whisperfarm-chaos-", dir=place) as folder:
        yield Path(folder)


@dataclass(slots=True)
class LongForm:
    """Everything, and what came of it."""

    process_spawner: ProcessSpawner
    servers: Servers
    folder: Path
    kills: int
    say: Callable[[str], object]
    keep: Callable[[str], object]
    kill_verdicts: dict[str, Verdict] = field(default_factory=dict)
    harm_verdicts: dict[str, Verdict] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)
    late_counts: dict[str, Count] = field(default_factory=dict)

    def run(self) -> None:
        """All of it. What goes wrong is in the report, which is kept after every part."""
        self._kill()
        self._harm()
        self._write_late()

    def _kill(self) -> None:
        embedded = self.kills * 2 // 5
        self._campaign("embedded servers", embedded, {"folder"}, {})
        self._campaign(
            self.servers.name,
            self.kills - embedded,
            self.servers.having,
            self.servers.settings(),
        )
        self._campaign(
            f"{self.servers.name}, lease of 30 s as by default",
            24,
            self.servers.having,
            {**self.servers.settings(), **USUAL_LEASE},
        )

    def _campaign(
        self, name: str, kills: int, having: set[str], settings: Mapping[str, str]
    ) -> None:
        chance = random.Random(len(self.kill_verdicts))
        wanted = campaign.trials(kills, having=having, chance=chance)
        folder = self.folder / f"farm-{len(self.kill_verdicts)}"
        self.kill_verdicts[name] = campaign.run(
            self.process_spawner, folder, wanted, callers=10, dispatchers=3, workers=4, **settings
        )
        self._told(name, self.kill_verdicts[name])

    def _harm(self) -> None:
        of_servers = {
            "RabbitMQ killed every 30 s, four times": scenarios.broker_restarted(
                self.servers, times=4, every_s=30
            ),
            "RabbitMQ's data wiped": scenarios.broker_wiped(self.servers),
            "PostgreSQL stopped, and killed": scenarios.database_restarted(self.servers),
            "Redis killed, away for 20 s": scenarios.messenger_killed(self.servers, for_s=20),
            "S3 refusing for 60 s": scenarios.store_refuses(self.servers, for_s=60),
        }
        for name, harm in of_servers.items():
            self._scenario(name, harm, **self.servers.settings(), **DEFAULT_ATTEMPTS)
            self.servers.start()
        killed = scenarios.all_killed(times=3)
        self._scenario("all processes killed at once, three times", killed)
        stopped = scenarios.worker_stopped(times=6)
        self._scenario("workers stopped past their lease, six times", stopped, **_SLOW)
        self._fill_the_disk()

    def _scenario(self, name: str, harm: scenarios.Harm, **settings: str) -> None:
        folder = self.folder / f"scenario-{len(self.harm_verdicts)}"
        verdict = scenarios.suffer(
            self.process_spawner, folder, harm, noise=scenarios.AWAY, workers=3, **settings
        )
        self.harm_verdicts[name] = verdict
        self._told(name, verdict)

    def _fill_the_disk(self) -> None:
        name = "the disk full for 20 s, embedded servers"
        self.harm_verdicts[name] = disk_filled(self.folder / "full", for_s=20)
        self._told(name, self.harm_verdicts[name])

    def _write_late(self) -> None:
        urls = {
            "SQLite": f"sqlite:///{self.folder / 'late.sqlite'}",
            "PostgreSQL": self.servers.database.new_database(),
        }
        for name, url in urls.items():
            ledger = open_ledger(url)
            ledger.migrate()
            self.late_counts[name] = stale_writes(ledger, 1000, random.Random(1))
            ledger.close()
            self.say(f"{name}: {self.late_counts[name]}")
            self.keep(self.report())

    def _told(self, name: str, verdict: Verdict) -> None:
        bad = [*verdict.lost, *verdict.duplicated, *verdict.unexpected]
        bad += [f"no process came to: {point}" for point in verdict.not_reached]
        self.say(
            f"{name}: {len(verdict.outcomes)} kills, {verdict.accepted} accepted,"
            f" longest {verdict.slowest_s:.1f} s; {len(bad)} findings"
        )
        for line in bad:
            self.say(f"  {line}")
        self.keep(self.report())

    def report(self) -> str:
        """The page, as far as it goes."""
        minutes = (time.monotonic() - self.begun) / 60
        return page(self.kill_verdicts, self.harm_verdicts, self.late_counts, minutes=minutes)

    @property
    def well(self) -> bool:
        """Whether nothing was found."""
        verdicts = [*self.kill_verdicts.values(), *self.harm_verdicts.values()]
        bad = any(one.lost or one.duplicated or one.unexpected for one in verdicts)
        late = any(one.accepted or one.ended_wrongly for one in self.late_counts.values())
        return not (bad or late)


def disk_filled(folder: Path, *, for_s: float) -> Verdict:
    """The verdict on an embedded farm whose disk was full for a while."""
    for name in ("disk", "copy"):
        (folder / name).mkdir(parents=True)
    disk = scenarios.SmallDisk(folder / "disk", _DISK_BYTES)
    with process_spawner(inside=disk.inside) as inside:
        seen = disk.seen_from_outside(inside)
        return scenarios.suffer(
            inside,
            folder / "farm",
            scenarios.disk_filled(seen, for_s=for_s),
            book=CopiedBook(seen, folder / "copy"),
            WHISPERFARM_DATA_DIR=str(disk.mount),
            **DEFAULT_ATTEMPTS,
        )


def run(*, kills: int, say: Callable[[str], object], keep: Callable[[str], object]) -> bool:
    """Whether all is well. `keep` is given the report, again and again as it grows."""
    with workshop() as folder, all_servers.started() as servers, process_spawner() as children:
        form = LongForm(children, servers, folder, kills, say, keep)
        form.run()
        return form.well
