"""Unfinished work and throughput, from aggregate queries."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    case,
    func,
    select,
    text,
    tuple_,
)

from whisperfarm_contract.job import Job
from whisperfarm_contract.states import State
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.ledger.transitions.statement import in_state, is_available

GUESS_BYTES_PER_S = 8_000
"""Assumed bytes per second of a recording of unknown length: 64 kbit/s, as in telephony."""

LONGEST_GUESS_S = 3_600
"""Maximum guess for such a recording: in a film, most bytes are not audio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Number of jobs, and the total of their audio lengths that are known, in seconds.

    `guessed_s` estimates the other lengths. It is for display, not for quotas.
    """

    jobs: int = 0
    audio_s: float = 0.0
    guessed_s: float = 0.0

    def __add__(self, other: "Load") -> "Load":
        return Load(
            jobs=self.jobs + other.jobs,
            audio_s=self.audio_s + other.audio_s,
            guessed_s=self.guessed_s + other.guessed_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Work of one tenant with one preset, in one state."""

    tenant: str
    preset: str
    state: State
    load: Load


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """Work finished for one tenant with one preset, and the seconds that it took."""

    tenant: str
    preset: str
    load: Load
    over_s: float


_SHARE = (jobs.c.tenant, jobs.c.preset, jobs.c.state)
_LIVE = text("state IN ('queued', 'running')")
"""Literal text as in the partial index, or the planner would not use it."""


def backlog(connection: Connection) -> list[Share]:
    """Return the work that has not ended."""
    guessed_s = _guessed_s(connection)
    query = select(*_SHARE, *_load()).where(_LIVE).group_by(*_SHARE)
    return [
        Share(
            tenant=row.tenant,
            preset=row.preset,
            state=State(row.state),
            load=replace(
                _load_of(row), guessed_s=guessed_s.get((row.tenant, row.preset, row.state), 0.0)
            ),
        )
        for row in connection.execute(query)
    ]


def _guessed_s(connection: Connection) -> dict[tuple[str, str, str], float]:
    """Estimate the audio of unfinished jobs of unknown length. This is a separate query, because
    the index covers the rest."""
    most = GUESS_BYTES_PER_S * LONGEST_GUESS_S
    counted = case((jobs.c.audio_bytes > most, most), else_=jobs.c.audio_bytes)
    query = select(*_SHARE, func.sum(counted)).where(_LIVE, jobs.c.audio_s.is_(None))
    return {
        (tenant, preset, state): float(size_bytes) / GUESS_BYTES_PER_S
        for tenant, preset, state, size_bytes in connection.execute(query.group_by(*_SHARE))
    }


def drained(connection: Connection, *, within_s: float) -> list[Drained]:
    """Return the work finished in the last `within_s` seconds, or since its first start."""
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
    """Return for each preset how many seconds its oldest queued job has waited."""
    queued = in_state(State.QUEUED)
    # Two queries, each with a separate index; few jobs are in the broker.
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
    """Return the work queued for the same preset before this job, of at most `most` jobs.

    Jobs that wait for their `available_at` are not counted: they do not start before it.
    """
    job_and_most = {
        "preset": job.preset, "created_at": job.created_at, "id": job.id, "most": most
    }  # fmt: skip
    dispatched, waiting = (
        _load_of(connection.execute(query, job_and_most).one()) for query in _AHEAD
    )
    return dispatched + waiting


def _ahead_queries() -> tuple[Select[Any], Select[Any]]:
    older = tuple_(jobs.c.created_at, jobs.c.id) < tuple_(bindparam("created_at"), bindparam("id"))
    query = select(jobs.c.audio_s).where(
        in_state(State.QUEUED), jobs.c.preset == bindparam("preset"), older
    )
    # Two queries, each with a separate index; few jobs are in the broker.
    dispatched = query.where(jobs.c.released_at.is_not(None))
    newest = (jobs.c.created_at.desc(), jobs.c.id.desc())
    waiting = query.where(jobs.c.released_at.is_(None), is_available()).order_by(*newest)
    return _counted(dispatched), _counted(waiting)


def _counted(query: Select[Any]) -> Select[Any]:
    nearest = query.limit(bindparam("most", type_=Integer)).subquery()
    audio_s = func.coalesce(func.sum(nearest.c.audio_s), 0.0).label("audio_s")
    return select(func.count().label("jobs"), audio_s).select_from(nearest)


_AHEAD = _ahead_queries()
"""Built once, because building them took longer than running them."""


def _load() -> tuple[ColumnElement[int], ColumnElement[float]]:
    audio_s = func.coalesce(func.sum(jobs.c.audio_s), 0.0)
    return func.count().label("jobs"), audio_s.label("audio_s")


def _load_of(row: Any) -> Load:
    return Load(jobs=row.jobs, audio_s=row.audio_s)
