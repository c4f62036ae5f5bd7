"""The report of the long form, as a page for people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from tests.chaos.checker import Outcome, Verdict
from tests.chaos.points import POINTS
from tests.chaos.stale_writers import Count

_METHOD = """\
# Chaos tests

What happens to accepted jobs when parts of the farm are killed, suspended or lose their servers.
`make chaos` writes this page again (about half an hour); the test suite runs a short form of it.

## Method

- The processes are the farm's own: dispatchers and workers with their real `serve()`, task, leases,
  stages and adapters, on private PostgreSQL, RabbitMQ and other servers or on the embedded ones.
  Only the models are a stub, and each transcript says so: its text is a digest of the samples
  that came out of the decoder, so that a wrong or mixed-up transcript is noticed.
- A *point* is a place before, inside or after a durable write. The test launcher wraps one
  function of the farm, and at its n-th call the process sends itself SIGKILL. The farm's own code
  has no such hooks. A supervisor restarts the process at once; several are killed at a time.
- Callers are threads with the farm's own client. Each records outside of the farm what the farm
  answered, sends some requests twice with one idempotency key, cancels some jobs, and submits some
  recordings that cannot be decoded or that make the engine fail occasionally. With RabbitMQ, every
  fourth caller publishes messages to the AMQP ingress and waits for the answer on a queue.
- A trigger in the database records each transition of each job, in the same transaction.
- *Lost*: acknowledged, but without an end or a transcript. *Duplicated*: two ends of one job, or
  two jobs or two answers for one idempotency key. *Unexpected*: a wrong text or state, a transition
  that is not allowed, a response that breaks a client, a process that ended by itself, a traceback
  in a log. All three must be 0.
- *Recovered*: trials after which every affected job came to its end. *Run again*: from the kill
  until the last affected job was claimed again or ended. An affected (*struck*) job is one that the
  killed call was about, that the killed worker held, or that a caller was submitting to the killed
  dispatcher.
- *Told again*: at the points of callbacks, from the kill until the receiver was notified. Another
  dispatcher takes over a callback of a killed one after 90 s; farms with a short lease use 4 s.
- Killing a process loses nothing that the kernel has: these tests do not cover power cuts.
"""


def page(
    campaigns: Mapping[str, Verdict],
    scenarios: Mapping[str, Verdict],
    late: Mapping[str, Count],
    *,
    minutes: float,
) -> str:
    """The page. The keys are what was tried, in words."""
    tables = (
        ("## Farms", _farms(campaigns)),
        ("## Kills, by point", _points(campaigns.values())),
        ("## Outages and standstills", _farms(scenarios)),
        ("## Late writers, on the ledger alone", _late(late)),
    )
    body = "\n".join(f"{title}\n\n{table}" for title, table in tables)
    return f"{_METHOD}\n{_summary(campaigns, scenarios, minutes)}\n{body}"


def _summary(
    campaigns: Mapping[str, Verdict], scenarios: Mapping[str, Verdict], minutes: float
) -> str:
    every = [*campaigns.values(), *scenarios.values()]
    kills = sum(len(one.outcomes) for one in campaigns.values())
    points = {outcome.point for one in campaigns.values() for outcome in one.outcomes}
    return (
        f"The last run: {kills} kills at {len(points)} points and {len(scenarios)} scenarios in"
        f" {minutes:.0f} minutes on two shared cores; {sum(one.accepted for one in every)} jobs"
        f" accepted, {sum(one.attempts for one in every)} attempts made;"
        f" {_all(every, 'lost')} lost, {_all(every, 'duplicated')} duplicated,"
        f" {_all(every, 'unexpected')} unexpected. Trials that never came to their point:"
        f" {_all(every, 'not_reached')}.\n"
    )


def _all(verdicts: Iterable[Verdict], name: str) -> int:
    return sum(len(getattr(one, name)) for one in verdicts)


def _farms(verdicts: Mapping[str, Verdict]) -> str:
    return _table(
        ("", "kills", "accepted", "attempts", "lost", "duplicated", "unexpected",
         "longest run again", "longest told again", "longest queued"),
        [
            (name, len(one.outcomes), one.accepted, one.attempts, len(one.lost),
             len(one.duplicated), len(one.unexpected),
             *_slowest(one), f"{one.longest_wait_s:.1f} s")
            for name, one in verdicts.items()
        ],
    )  # fmt: skip


def _slowest(verdict: Verdict) -> tuple[str, str]:
    if not verdict.outcomes:
        return "", ""
    return f"{verdict.slowest_s:.1f} s", f"{verdict.slowest_callback_s:.1f} s"


def _points(verdicts: Iterable[Verdict]) -> str:
    by_point: defaultdict[str, list[tuple[Outcome, Verdict]]] = defaultdict(list)
    for verdict in verdicts:
        for outcome in verdict.outcomes:
            by_point[outcome.point].append((outcome, verdict))
    return _table(
        ("part", "point", "trials", "jobs struck", "lost", "duplicated", "unexpected", "recovered",
         "run again p50", "max"),
        [(POINTS[name].part, name, *_figures(by_point[name])) for name in POINTS if by_point[name]],
    )  # fmt: skip


def _figures(trials: Sequence[tuple[Outcome, Verdict]]) -> tuple[object, ...]:
    waits = [one.again_s for one, _ in trials if one.again_s is not None]
    times = (f"{median(waits):.1f} s", f"{max(waits):.1f} s") if waits else ("", "")
    return (
        len(trials),
        sum(len(one.jobs) for one, _ in trials),
        *(
            sum(_told_of(one, getattr(verdict, name)) for one, verdict in trials)
            for name in ("lost", "duplicated", "unexpected")
        ),
        sum(one.recovered for one, _ in trials),
        *times,
    )


def _told_of(outcome: Outcome, lines: Sequence[str]) -> int:
    """How many of the struck jobs the lines speak of."""
    return sum(any(job in line for line in lines) for job in outcome.jobs)


def _late(counts: Mapping[str, Count]) -> str:
    return _table(
        ("ledger", "trials", "refused", "accepted", "ended wrongly"),
        [
            (name, one.trials, one.refused, one.accepted, one.ended_wrongly)
            for name, one in counts.items()
        ],
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
