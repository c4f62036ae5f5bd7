"""What the farm has to do, and how fast it does it: counted, never read job by job."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, text, tuple_

from whisperfarm_contract.job import Job
from whisperfarm_contract.states import State
from whisperfarm_store.ledger.clock import now_s
from whisperfarm_store.ledger.statements import in_state
from whisperfarm_store.ledger.tables import jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """So many jobs, and the seconds of their audio as far as they are known."""

    jobs: int = 0
    audio_s: float = 0.0

    def __add__(self, other: "Load") -> "Load":
        return Load(jobs=self.jobs + other.jobs, audio_s=self.audio_s + other.audio_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one tenant has in one preset, in one state."""

    tenant: str
    preset: str
    state: State
    load: Load


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What was worked off for one tenant in one preset, and in how many seconds."""

    tenant: str
    preset: str
    load: Load
    over_s: float


def backlog(connection: Connection) -> list[Share]:
    """The jobs that have not ended."""
    of = (jobs.c.tenant, jobs.c.preset, jobs.c.state)
    # Spelled as the partial index has it.
    live = text("state IN ('queued', 'running')")
    query = select(*of, *_load()).where(live).group_by(*of)
    return [
        Share(tenant=row.tenant, preset=row.preset, state=State(row.state), load=_load_of(row))
        for row in connection.execute(query)
    ]


def drained(connection: Connection, *, within_s: float) -> list[Drained]:
    """What was worked off in the last `within_s` seconds, or since work on it began."""
    of = (jobs.c.tenant, jobs.c.preset)
    begun_s = now_s() - func.min(jobs.c.started_at)
    query = (
        select(*of, *_load(), begun_s.label("begun_s"))
        .where(
            jobs.c.finished_at > now_s() - within_s,
            jobs.c.swept_at.is_(None),
            jobs.c.started_at.is_not(None),
            jobs.c.state.in_([State.SUCCEEDED.value, State.FAILED.value]),
        )
        .group_by(*of)
    )
    return [
        Drained(
            tenant=row.tenant,
            preset=row.preset,
            load=_load_of(row),
            over_s=min(max(row.begun_s, 1.0), within_s),
        )
        for row in connection.execute(query)
    ]


def oldest_waiting(connection: Connection) -> dict[str, float]:
    """For how many seconds the oldest queued job of each preset has waited."""
    queued = in_state(State.QUEUED)
    # Two questions, each with an index of its own; of those in the broker there are few.
    waiting = (
        select(jobs.c.preset, now_s() - func.min(jobs.c.created_at))
        .where(queued, jobs.c.released_at.is_(None))
        .group_by(jobs.c.preset)
    )
    out = select(jobs.c.preset, now_s() - jobs.c.created_at).where(
        queued, jobs.c.released_at.is_not(None)
    )
    oldest: dict[str, float] = {}
    for query in (waiting, out):
        for preset, waited_s in connection.execute(query):
            oldest[preset] = max(oldest.get(preset, 0.0), waited_s)
    return oldest


def ahead(connection: Connection, job: Job, *, most: int) -> Load:
    """The queued jobs of the same preset that were accepted before; the nearest `most` of them."""
    older = tuple_(jobs.c.created_at, jobs.c.id) < (job.created_at, job.id)
    query = select(jobs.c.audio_s).where(in_state(State.QUEUED), jobs.c.preset == job.preset, older)
    # Two questions, each with an index of its own; of those in the broker there are few.
    out = query.where(jobs.c.released_at.is_not(None))
    newest = (jobs.c.created_at.desc(), jobs.c.id.desc())
    waiting = query.where(jobs.c.released_at.is_(None)).order_by(*newest)
    return _counted(connection, out, most) + _counted(connection, waiting, most)


def _counted(connection: Connection, query: Select[Any], most: int) -> Load:
    nearest = query.limit(most).subquery()
    audio_s = func.coalesce(func.sum(nearest.c.audio_s), 0.0).label("audio_s")
    counted = select(func.count().label("jobs"), audio_s).select_from(nearest)
    return _load_of(connection.execute(counted).one())


def _load() -> tuple[ColumnElement[int], ColumnElement[float]]:
    audio_s = func.coalesce(func.sum(jobs.c.audio_s), 0.0)
    return func.count().label("jobs"), audio_s.label("audio_s")


def _load_of(row: Any) -> Load:
    return Load(jobs=row.jobs, audio_s=row.audio_s)
