"""What became of everything that was promised, and how long the farm took after each kill."""

import json
import signal
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.chaos.callers import Promise
from tests.chaos.farm import Farm, Life
from tests.chaos.moves import Book, Move
from tests.chaos.receiver import Received
from whisperfarm_contract.states import JobState

_EXPECTED: Mapping[str, frozenset[str]] = {
    "plain": frozenset({"succeeded"}),
    "long": frozenset({"succeeded"}),
    "unlucky": frozenset({"succeeded"}),
    "cancelled": frozenset({"cancelled", "succeeded"}),  # some were done before they were asked
    "garbled": frozenset({"failed"}),
}
_LATE_S = 0.05
"""By so much the clock of a process may be behind the database's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One kill at a point: did the jobs that it struck end, and when did the last run again?

    `again_s` is empty when none had to: nothing was struck, or all had ended before. At a point of
    callbacks it is the time until the receiver was told.
    """

    point: str
    jobs: tuple[str, ...]
    recovered: bool
    again_s: float | None

    @property
    def is_of_callback(self) -> bool:
        """Whether a callback was under way, of a job that had ended."""
        return self.point.startswith("callback")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Of one farm. The lists hold a line for each case, and should be empty."""

    accepted: int
    refused: int
    lost: list[str]
    duplicated: list[str]
    unexpected: list[str]
    outcomes: list[Outcome] = field(default_factory=list)
    not_reached: list[str] = field(default_factory=list)
    attempts: int = 0
    received: int = 0
    """How many callbacks came, those that came twice with them."""
    longest_wait_s: float = 0.0
    """The longest that any job was queued before it ran or ended."""

    @property
    def slowest_s(self) -> float:
        """The longest that a struck job stood still."""
        return self._slowest(of_callbacks=False)

    @property
    def slowest_callback_s(self) -> float:
        """The longest that a receiver waited whose callback was struck."""
        return self._slowest(of_callbacks=True)

    def _slowest(self, *, of_callbacks: bool) -> float:
        chosen = (one for one in self.outcomes if one.is_of_callback is of_callbacks)
        return max((one.again_s or 0.0 for one in chosen), default=0.0)


def judge(
    farm: Farm, promises: Sequence[Promise], received: Received, *, noise: Sequence[str] = ()
) -> Verdict:
    """Compare what callers and receivers remember with what the ledger has.

    `noise` are words of errors that may come with a trace: of servers that were away.
    """
    moves, keys = farm.book.moves(), farm.book.jobs_of_keys()
    by_job: defaultdict[str, list[Move]] = defaultdict(list)
    for move in moves:
        by_job[move.job_id].append(move)
    return Verdict(
        accepted=sum(promise.acknowledged_at is not None for promise in promises),
        refused=sum(promise.refused for promise in promises),
        received=received.count,
        lost=[*_lost(promises, by_job, farm.book), *_untold(promises, received)],
        duplicated=[*_duplicated(promises, by_job, keys), *_told_twice(received)],
        unexpected=[
            *received.bad,
            *_wrong(promises),
            *_forbidden(moves),
            *_odd_ends(farm.lives, moves),
            *_traces(farm.lives, noise),
        ],
        outcomes=[
            _outcome(life, promises, keys, by_job, received) for life in farm.lives if life.note
        ],
        not_reached=[trial.point for trial in farm.not_reached],
        attempts=sum(move.after == JobState.RUNNING for move in moves),
        longest_wait_s=max(_waits(by_job.values()), default=0.0),
    )


def _waits(histories: Iterable[Sequence[Move]]) -> Iterator[float]:
    for moves in histories:
        for move, following in pairwise(moves):
            if move.after == JobState.QUEUED:
                yield following.at - move.at


def _lost(
    promises: Iterable[Promise], by_job: Mapping[str, Sequence[Move]], book: Book
) -> Iterator[str]:
    results = book.results()
    for promise in promises:
        if promise.acknowledged_at is None:
            continue
        if promise.job_id not in results:
            yield f"job {promise.job_id} is not in the ledger"
        elif not _has_ended(by_job[promise.job_id]):
            yield f"job {promise.job_id} ({promise.spoken.kind}) never ended"
        elif promise.state == JobState.SUCCEEDED and not promise.text:
            yield f"job {promise.job_id} has no transcript"


def _untold(promises: Iterable[Promise], received: Received) -> Iterator[str]:
    for promise in promises:
        if promise.job_id and promise.is_told and promise.job_id not in received.ids:
            yield f"nobody was told of the end of job {promise.job_id}"


def _told_twice(received: Received) -> Iterator[str]:
    for job, ids in received.ids.items():
        if len(ids) > 1 or len(received.states[job]) > 1:
            yield f"the end of job {job} was told as {sorted(ids)}, {sorted(received.states[job])}"


def _duplicated(
    promises: Iterable[Promise], by_job: Mapping[str, Sequence[Move]], keys: Mapping[str, str]
) -> Iterator[str]:
    for job, moves in by_job.items():
        if sum(move.is_end for move in moves) > 1:
            yield f"job {job} ended more than once"
    for job in by_job.keys() - set(keys.values()):
        yield f"job {job} was made for a request that has another"
    for promise in promises:
        received = {promise.job_id, promise.again, keys.get(promise.key, "")} - {""}
        if len(received) > 1:
            yield f"request {promise.key} was told of the jobs {sorted(received)}"


def _wrong(promises: Iterable[Promise]) -> Iterator[str]:
    for promise in promises:
        kind, about = promise.spoken.kind, f"job {promise.job_id} ({promise.spoken.kind})"
        if promise.trouble:
            yield f"{about}: {promise.trouble}"
        elif promise.refused:
            continue
        elif promise.state not in _EXPECTED[kind]:
            yield f"{about} is {promise.state or 'nowhere'}: {promise.problem}"
        elif promise.state == JobState.SUCCEEDED and promise.text != promise.spoken.text:
            yield f"{about} has another text"


def _forbidden(moves: Iterable[Move]) -> Iterator[str]:
    for move in moves:
        if not move.is_allowed:
            yield f"job {move.job_id} went from {move.before} to {move.after}"


def _odd_ends(lives: Iterable[Life], moves: Sequence[Move]) -> Iterator[str]:
    for life in lives:
        if life.note or int(signal.SIGKILL) in life.received or life.code is None:
            continue
        if not (int(signal.SIGTERM) in life.received and _ended_as_told(life, moves)):
            yield f"{life.log.stem} ended with {life.code}"


def _ended_as_told(life: Life, moves: Sequence[Move]) -> bool:
    """In good order; or at once, when it was a worker that was still starting."""
    if life.code == 0:
        return True
    had_jobs = any(move.worker.endswith(f":{life.pid}") for move in moves)
    return life.part == "worker" and life.code == -signal.SIGTERM and not had_jobs


def _traces(lives: Iterable[Life], noise: Sequence[str]) -> Iterator[str]:
    """Lines of the logs that tell of something that nobody thought of, once each."""
    found: Counter[str] = Counter()
    for life in lives:
        if not life.log.exists():
            continue
        for line in life.log.read_text(encoding="utf-8", errors="replace").splitlines():
            words = _last_words(line) if "Traceback" in line else ""
            if words and not any(part in words for part in noise):
                found[f"{life.part}: {words}"] += 1
    return (f"{line} ({times} times)" for line, times in found.items())


def _last_words(line: str) -> str:
    try:
        received = json.loads(line)
    except ValueError:
        return line
    trace = str(received.get("exception", "")).strip().splitlines()
    return f"{received.get('event')}: {trace[-1] if trace else ''}"


def _outcome(
    life: Life,
    promises: Sequence[Promise],
    keys: Mapping[str, str],
    by_job: Mapping[str, Sequence[Move]],
    received: Received,
) -> Outcome:
    assert life.note is not None
    at = life.note["at"]
    at_hand = set(life.note["jobs"]) & by_job.keys()
    entered = [(one, keys[one.key]) for one in promises if one.key in keys]
    on_the_way = {job for one, job in entered if _struck(one, life, at, by_job[job])}
    jobs = sorted(at_hand | on_the_way | set(_held(life.pid, by_job, at)))
    if life.note["point"].startswith("callback"):
        waits = [_told_s(received.times.get(job, []), at) for job in jobs]
    else:
        waits = [_again_s(by_job[job], at, was_held=life.part == "worker") for job in jobs]
    untold = {one.job_id for one in promises if one.is_told} - received.ids.keys()
    return Outcome(
        point=life.note["point"],
        jobs=tuple(jobs),
        recovered=all(_has_ended(by_job[job]) and job not in untold for job in jobs),
        again_s=max((wait for wait in waits if wait is not None), default=None),
    )


def _has_ended(moves: Iterable[Move]) -> bool:
    return any(move.is_end for move in moves)


def _told_s(times: Sequence[float], at: float) -> float | None:
    """From the kill until the receiver was told, if it was told after it."""
    return next((time - at for time in times if time > at), None)


def _struck(promise: Promise, life: Life, at: float, moves: Sequence[Move]) -> bool:
    """Whether its recording was on the way into the ledger, through the dispatcher that was killed.

    Which dispatcher had a message in hand is not known: it may have been that one.
    """
    if promise.by_message:
        there, until = str((life.note or {})["point"]).startswith("message"), moves[0].at
    else:
        there = life.part == "dispatcher" and promise.url.endswith(f":{life.port}")
        until = promise.acknowledged_at or float("inf")
    return there and promise.begun_at <= at <= until


def _held(pid: int, by_job: Mapping[str, Sequence[Move]], at: float) -> Iterator[str]:
    """The jobs that a worker was at when it was killed."""
    for job, moves in by_job.items():
        before = [move for move in moves if move.at <= at]
        if before and before[-1].worker.endswith(f":{pid}"):
            yield job


def _again_s(moves: Sequence[Move], at: float, *, was_held: bool) -> float | None:
    """From the kill to the next claim or end. A job that ran on elsewhere did not stand still."""
    before = [move for move in moves if move.at <= at + _LATE_S]
    if before and before[-1].is_end:
        return None
    if before and before[-1].after == JobState.RUNNING and not was_held:
        return 0.0
    going_on = (move for move in moves if move.at > at + _LATE_S)
    nexts = (move for move in going_on if move.is_end or move.after == JobState.RUNNING)
    return next((move.at - at for move in nexts), None)
