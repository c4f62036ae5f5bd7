"""The report of the long run, as a page of the documentation."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from tests.chaos.checker import KillResult, Verdict
from tests.chaos.points import POINTS
from tests.chaos.stale_writes import StaleWriteCounts

_METHOD = """\
# Chaos tests

What happens to accepted jobs when parts of the farm are killed, suspended or lose their servers.
`make chaos` writes this page again (about half an hour); the test suite runs a short version of it.

## Method

- The processes are the farm's own: dispatchers and workers with their real `serve()`, task, leases,
  stages and adapters, on private PostgreSQL, RabbitMQ and other servers or on the embedded ones.
  Only the engine is a stub. The text of a transcript is a digest of the decoded samples, so that
  a wrong transcript is detected.
- A *crash point* is a place before, inside or after a durable write. The tests wrap one function of
  the farm, and at its n-th call the process sends itself SIGKILL. The farm's own code has no hooks
  for this. A supervisor restarts the process at once; several are killed at a time.
- Callers are threads with the farm's own client. Each records outside of the farm what the farm
  answered, sends some requests twice with one idempotency key, cancels some jobs, and submits some
  recordings that cannot be decoded or that make the engine fail once. With RabbitMQ, every
  fourth caller publishes messages to the AMQP ingress and waits for the answer on a queue.
- A trigger in the database records each transition of each job, in the same transaction.
- *Lost*: acknowledged, but without a final state, a transcript or a callback. *Duplicated*: two
  ends of one job, or two jobs for one idempotency key. *Unexpected*: a wrong text or state, a
  transition that is not allowed, a response that the client cannot read, a process that exited by
  itself, a traceback in a log. All three must be 0.
- *Affected jobs*: jobs that the killed call was about, that the killed worker was running, or that
  a caller was submitting to the killed dispatcher. *Recovered*: kills after which all affected jobs
  ended. *Recovery*: the time from the kill until the last affected job was claimed again or ended.
- *Callback recovery*: at the crash points of callbacks, the time from the kill until the receiver
  got the callback. Another dispatcher takes over a callback of a killed one after 90 s; farms with
  a short lease use 4 s.
- Killing a process loses nothing that the kernel has: these tests do not cover power cuts.
"""


def page(
    campaigns: Mapping[str, Verdict],
    scenarios: Mapping[str, Verdict],
    stale: Mapping[str, StaleWriteCounts],
    *,
    minutes: float,
) -> str:
    """Return the page. The keys are the names of the farms, scenarios and ledgers."""
    tables = (
        ("## Farms", _farms(campaigns)),
        ("## Kills by crash point", _points(campaigns.values())),
        ("## Server outages and other faults", _farms(scenarios)),
        ("## Stale writes, on the ledger alone", _stale(stale)),
    )
    body = "\n".join(f"{title}\n\n{table}" for title, table in tables)
    return f"{_METHOD}\n{_summary(campaigns, scenarios, minutes)}\n{body}"


def _summary(
    campaigns: Mapping[str, Verdict], scenarios: Mapping[str, Verdict], minutes: float
) -> str:
    every = [*campaigns.values(), *scenarios.values()]
    kills = sum(len(one.kills) for one in campaigns.values())
    points = {kill.point for one in campaigns.values() for kill in one.kills}
    return (
        f"The last run: {kills} kills at {len(points)} crash points and {len(scenarios)} scenarios"
        f" in {minutes:.0f} minutes on two shared cores; {sum(one.accepted for one in every)} jobs"
        f" accepted, {sum(one.attempts for one in every)} attempts made;"
        f" {_all(every, 'lost')} lost, {_all(every, 'duplicated')} duplicated,"
        f" {_all(every, 'unexpected')} unexpected. Kills that did not reach their crash point:"
        f" {_all(every, 'not_reached')}.\n"
    )


def _all(verdicts: Iterable[Verdict], name: str) -> int:
    return sum(len(getattr(one, name)) for one in verdicts)


def _farms(verdicts: Mapping[str, Verdict]) -> str:
    return _table(
        ("", "kills", "accepted", "attempts", "lost", "duplicated", "unexpected",
         "max recovery", "max callback recovery", "max queued"),
        [
            (name, len(one.kills), one.accepted, one.attempts, len(one.lost),
             len(one.duplicated), len(one.unexpected),
             *_max_recovery(one), f"{one.max_queued_s:.1f} s")
            for name, one in verdicts.items()
        ],
    )  # fmt: skip


def _max_recovery(verdict: Verdict) -> tuple[str, str]:
    if not verdict.kills:
        return "", ""
    return f"{verdict.max_recovery_s:.1f} s", f"{verdict.max_callback_recovery_s:.1f} s"


def _points(verdicts: Iterable[Verdict]) -> str:
    by_point: defaultdict[str, list[tuple[KillResult, Verdict]]] = defaultdict(list)
    for verdict in verdicts:
        for kill in verdict.kills:
            by_point[kill.point].append((kill, verdict))
    return _table(
        ("part", "crash point", "kills", "affected jobs", "lost", "duplicated", "unexpected",
         "recovered", "recovery p50", "max"),
        [(POINTS[name].part, name, *_figures(by_point[name])) for name in POINTS if by_point[name]],
    )  # fmt: skip


def _figures(kills: Sequence[tuple[KillResult, Verdict]]) -> tuple[object, ...]:
    waits = [one.recovery_s for one, _ in kills if one.recovery_s is not None]
    times = (f"{median(waits):.1f} s", f"{max(waits):.1f} s") if waits else ("", "")
    return (
        len(kills),
        sum(len(one.jobs) for one, _ in kills),
        *(
            sum(_mentioned_jobs(one, getattr(verdict, name)) for one, verdict in kills)
            for name in ("lost", "duplicated", "unexpected")
        ),
        sum(one.recovered for one, _ in kills),
        *times,
    )


def _mentioned_jobs(kill: KillResult, lines: Sequence[str]) -> int:
    """Return how many of the affected jobs the lines mention."""
    return sum(any(job in line for line in lines) for job in kill.jobs)


def _stale(counts: Mapping[str, StaleWriteCounts]) -> str:
    return _table(
        ("ledger", "trials", "rejected", "accepted", "overwritten"),
        [
            (name, one.trials, one.rejected, one.accepted, one.overwritten)
            for name, one in counts.items()
        ],
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
