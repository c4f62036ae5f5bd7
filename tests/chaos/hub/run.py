"""Submits jobs to an edge while it, its hub and their link fail, and checks all transcripts."""

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.farm import PlannedKill
from tests.chaos.hub.pair import Pair, pair_of_farms
from tests.chaos.hub.worker import text_of
from tests.chaos.points import POINTS
from tests.chaos.process_spawner import ProcessSpawner

_MAX_NTH = 4
_ALL = 100_000
_SHORTEST_S, _LONGEST_S = 0.3, 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HubVerdict:
    """What the run did; `wrong` has the transcripts of jobs without exactly their own two."""

    jobs: int
    hub_jobs: int
    edge_kills: dict[str, int]
    hub_kills: dict[str, int]
    cuts: int
    took_s: float
    chunks_left: int
    wrong: dict[str, list[str]]

    @property
    def kills(self) -> int:
        """How often a dispatcher was killed."""
        return sum(self.edge_kills.values()) + sum(self.hub_kills.values())

    @property
    def is_clean(self) -> bool:
        """Whether each job has its two transcripts, and the hub has nothing more."""
        return self.jobs == self.hub_jobs and not self.chunks_left and not self.wrong


def run(
    spawner: ProcessSpawner,
    folder: Path,
    *,
    jobs: int,
    kills: int,
    seed: int = 1,
    jobs_per_s: float = 5.0,
) -> HubVerdict:
    """Run both farms for at least these jobs, until all kills are done.

    Half of the kills meet the edge, half the hub.
    """
    chance, started_at = random.Random(seed), time.monotonic()
    edge_kills = _plan(kills - kills // 2, "hub", chance)
    hub_kills = _plan(kills // 2, "edge", chance)
    with pair_of_farms(
        spawner, folder, seed=seed, edge_kills=edge_kills, hub_kills=hub_kills
    ) as pair:
        submitted: list[str] = []
        while len(submitted) < jobs or not pair.kills_are_done:
            seconds = chance.uniform(_SHORTEST_S, _LONGEST_S)
            submitted.append(pair.submit(len(submitted), seconds))
            time.sleep(chance.expovariate(jobs_per_s))
        pair.await_end()
        return HubVerdict(
            jobs=len(set(submitted)),
            hub_jobs=len(pair.hub.worker.ledger.jobs.list_for_tenant("default", limit=_ALL)),
            edge_kills=dict(pair.edge.dispatcher.killed),
            hub_kills=dict(pair.hub.dispatcher.killed),
            cuts=pair.link.cuts,
            took_s=time.monotonic() - started_at,
            chunks_left=len(list(pair.hub.worker.blobs.keys("transfers/"))),
            wrong=_wrong(pair, submitted),
        )


def _plan(count: int, needs: str, chance: random.Random) -> list[PlannedKill]:
    names = [name for name, point in POINTS.items() if point.needs == needs]
    chance.shuffle(names)
    return [
        PlannedKill(point=names[number % len(names)], nth=chance.randint(1, _MAX_NTH))
        for number in range(count)
    ]


def _wrong(pair: Pair, submitted: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for job_id in submitted:
        job = pair.edge.worker.ledger.jobs.get(job_id)
        texts = []
        for revision in pair.edge.worker.ledger.revisions.list(job):
            with pair.edge.worker.blobs.open(revision.key) as file:
                texts.append(f"{revision.kind} {json.load(file)['segments'][0]['text']}")
        if texts != [f"machine {text_of('edge', job)}", f"hub {text_of('hub', job)}"]:
            found[job_id] = texts
    return found
