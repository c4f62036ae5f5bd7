"""Compares what callers recorded with the history of the jobs, and measures recovery times."""

import json
import signal
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.chaos.callback_receiver import ReceivedCallbacks
from tests.chaos.callers import Submission
from tests.chaos.farm import ChaosFarm, ProcessRun
from tests.chaos.transitions import LedgerReader, Transition
from whisperfarm_contract.states import JobState

_EXPECTED: Mapping[str, frozenset[str]] = {
    "plain": frozenset({"succeeded"}),
    "long": frozenset({"succeeded"}),
    "fails_once": frozenset({"succeeded"}),
    "cancelled": frozenset({"cancelled", "succeeded"}),  # some end before the request
    "undecodable": frozenset({"failed"}),
}
_CLOCK_SKEW_S = 0.05
"""By how much the clock of a process may be behind that of the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KillResult:
    """One kill, the jobs that it affected, and whether all of them ended.

    `recovery_s` is the time from the kill until the last affected job was claimed again or ended;
    None if no job was interrupted. At a crash point of callbacks, it is the time until the receiver
    got the callback.
    """

    point: str
    jobs: tuple[str, ...]
    recovered: bool
    recovery_s: float | None

    @property
    def concerns_callback(self) -> bool:
        """Whether the kill interrupted a callback."""
        return self.point.startswith("callback")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The findings of one farm, with one line per case. A farm without faults has none."""

    accepted: int
    rejected: int
    lost: list[str]
    duplicated: list[str]
    unexpected: list[str]
    kills: list[KillResult] = field(default_factory=list)
    not_reached: list[str] = field(default_factory=list)
    attempts: int = 0
    callbacks: int = 0
    """Received callbacks, including repeated ones."""
    max_queued_s: float = 0.0
    """The longest time that a job was queued before it ran or ended."""

    @property
    def max_recovery_s(self) -> float:
        """The longest time until an affected job was claimed again or ended."""
        return self._max_recovery(callbacks=False)

    @property
    def max_callback_recovery_s(self) -> float:
        """The longest time until an interrupted callback was received."""
        return self._max_recovery(callbacks=True)

    def _max_recovery(self, *, callbacks: bool) -> float:
        chosen = (one for one in self.kills if one.concerns_callback is callbacks)
        return max((one.recovery_s or 0.0 for one in chosen), default=0.0)


def check(
    farm: ChaosFarm,
    submissions: Sequence[Submission],
    callbacks: ReceivedCallbacks,
    *,
    expected_errors: Sequence[str] = (),
) -> Verdict:
    """Compare what callers and receivers recorded with what the ledger has.

    Tracebacks in the logs are findings unless they contain one of `expected_errors`.
    """
    transitions, keys = farm.ledger_reader.transitions(), farm.ledger_reader.jobs_of_keys()
    by_job: defaultdict[str, list[Transition]] = defaultdict(list)
    for transition in transitions:
        by_job[transition.job_id].append(transition)
    return Verdict(
        accepted=sum(submission.acknowledged_at is not None for submission in submissions),
        rejected=sum(submission.rejected for submission in submissions),
        callbacks=callbacks.count,
        lost=[
            *_lost(submissions, by_job, farm.ledger_reader),
            *_missing_callbacks(submissions, callbacks),
        ],
        duplicated=[*_duplicated(submissions, by_job, keys), *_contradicting_callbacks(callbacks)],
        unexpected=[
            *callbacks.invalid,
            *_wrong_results(submissions),
            *_forbidden_transitions(transitions),
            *_unexpected_exits(farm.runs, transitions),
            *_unexpected_tracebacks(farm.runs, expected_errors),
        ],
        kills=[
            _kill_result(run, submissions, keys, by_job, callbacks)
            for run in farm.runs
            if run.crash_record
        ],
        not_reached=[kill.point for kill in farm.not_reached],
        attempts=sum(transition.after == JobState.RUNNING for transition in transitions),
        max_queued_s=max(_queue_times(by_job.values()), default=0.0),
    )


def _queue_times(histories: Iterable[Sequence[Transition]]) -> Iterator[float]:
    for transitions in histories:
        for transition, following in pairwise(transitions):
            if transition.after == JobState.QUEUED:
                yield following.at - transition.at


def _lost(
    submissions: Iterable[Submission],
    by_job: Mapping[str, Sequence[Transition]],
    reader: LedgerReader,
) -> Iterator[str]:
    results = reader.results()
    for submission in submissions:
        if submission.acknowledged_at is None:
            continue
        if submission.job_id not in results:
            yield f"job {submission.job_id} is not in the ledger"
        elif not _has_ended(by_job[submission.job_id]):
            yield f"job {submission.job_id} ({submission.recording.kind}) never ended"
        elif submission.state == JobState.SUCCEEDED and not submission.text:
            yield f"job {submission.job_id} has no transcript"


def _missing_callbacks(
    submissions: Iterable[Submission], callbacks: ReceivedCallbacks
) -> Iterator[str]:
    for submission in submissions:
        if (
            submission.job_id
            and submission.expects_callback
            and submission.job_id not in callbacks.event_ids
        ):
            yield f"job {submission.job_id} has no callback"


def _contradicting_callbacks(callbacks: ReceivedCallbacks) -> Iterator[str]:
    for job, event_ids in callbacks.event_ids.items():
        if len(event_ids) > 1 or len(callbacks.states[job]) > 1:
            states = sorted(callbacks.states[job])
            yield f"job {job} has contradicting callbacks: {sorted(event_ids)}, {states}"


def _duplicated(
    submissions: Iterable[Submission],
    by_job: Mapping[str, Sequence[Transition]],
    keys: Mapping[str, str],
) -> Iterator[str]:
    for job, transitions in by_job.items():
        if sum(transition.is_final for transition in transitions) > 1:
            yield f"job {job} ended more than once"
    for job in by_job.keys() - set(keys.values()):
        yield f"job {job} duplicates the job of its request"
    for submission in submissions:
        known = {submission.job_id, submission.repeated_job_id, keys.get(submission.key, "")}
        if len(known - {""}) > 1:
            yield f"request {submission.key} has several jobs: {sorted(known - {''})}"


def _wrong_results(submissions: Iterable[Submission]) -> Iterator[str]:
    for submission in submissions:
        kind = submission.recording.kind
        about = f"job {submission.job_id} ({kind})"
        if submission.error:
            yield f"{about}: {submission.error}"
        elif submission.rejected:
            continue
        elif submission.state not in _EXPECTED[kind]:
            yield f"{about} is {submission.state or 'unfinished'}: {submission.problem}"
        elif (
            submission.state == JobState.SUCCEEDED and submission.text != submission.recording.text
        ):
            yield f"{about} has a wrong transcript"


def _forbidden_transitions(transitions: Iterable[Transition]) -> Iterator[str]:
    for transition in transitions:
        if not transition.is_allowed:
            yield f"job {transition.job_id} went from {transition.before} to {transition.after}"


def _unexpected_exits(
    runs: Iterable[ProcessRun], transitions: Sequence[Transition]
) -> Iterator[str]:
    for run in runs:
        if run.crash_record or int(signal.SIGKILL) in run.sent_signals or run.code is None:
            continue
        if not (int(signal.SIGTERM) in run.sent_signals and _stopped_in_order(run, transitions)):
            yield f"{run.log.stem} ended with {run.code}"


def _stopped_in_order(run: ProcessRun, transitions: Sequence[Transition]) -> bool:
    """Whether the process drained, or was a worker that SIGTERM ended while it was starting."""
    if run.code == 0:
        return True
    had_jobs = any(transition.worker.endswith(f":{run.pid}") for transition in transitions)
    return run.part == "worker" and run.code == -signal.SIGTERM and not had_jobs


def _unexpected_tracebacks(
    runs: Iterable[ProcessRun], expected_errors: Sequence[str]
) -> Iterator[str]:
    """Yield each unexpected error in the logs once, with its count."""
    found: Counter[str] = Counter()
    for run in runs:
        if not run.log.exists():
            continue
        for line in run.log.read_text(encoding="utf-8", errors="replace").splitlines():
            error = _event_and_error(line) if "Traceback" in line else ""
            if error and not any(part in error for part in expected_errors):
                found[f"{run.part}: {error}"] += 1
    return (f"{line} ({times} times)" for line, times in found.items())


def _event_and_error(line: str) -> str:
    try:
        record = json.loads(line)
    except ValueError:
        return line
    trace = str(record.get("exception", "")).strip().splitlines()
    return f"{record.get('event')}: {trace[-1] if trace else ''}"


def _kill_result(
    run: ProcessRun,
    submissions: Sequence[Submission],
    keys: Mapping[str, str],
    by_job: Mapping[str, Sequence[Transition]],
    callbacks: ReceivedCallbacks,
) -> KillResult:
    assert run.crash_record is not None
    at = run.crash_record["at"]
    of_call = set(run.crash_record["jobs"]) & by_job.keys()
    entered = [(one, keys[one.key]) for one in submissions if one.key in keys]
    being_submitted = {job for one, job in entered if _was_in_progress(one, run, at, by_job[job])}
    jobs = sorted(of_call | being_submitted | set(_jobs_of_worker(run.pid, by_job, at)))
    if run.crash_record["point"].startswith("callback"):
        waits = [_callback_delay_s(callbacks.times.get(job, []), at) for job in jobs]
    else:
        waits = [_recovery_s(by_job[job], at, by_worker=run.part == "worker") for job in jobs]
    without_callback = {
        one.job_id for one in submissions if one.expects_callback
    } - callbacks.event_ids.keys()
    return KillResult(
        point=run.crash_record["point"],
        jobs=tuple(jobs),
        recovered=all(_has_ended(by_job[job]) and job not in without_callback for job in jobs),
        recovery_s=max((wait for wait in waits if wait is not None), default=None),
    )


def _has_ended(transitions: Iterable[Transition]) -> bool:
    return any(transition.is_final for transition in transitions)


def _callback_delay_s(times: Sequence[float], at: float) -> float | None:
    """Return the time from the kill to the next callback, or None if there was none."""
    return next((time - at for time in times if time > at), None)


def _was_in_progress(
    submission: Submission, run: ProcessRun, at: float, transitions: Sequence[Transition]
) -> bool:
    """Whether the killed dispatcher may have been processing the submission.

    Which dispatcher received a message is unknown, so a kill affects all unfinished messages.
    """
    if submission.over_amqp:
        here = str((run.crash_record or {})["point"]).startswith("message")
        until = transitions[0].at
    else:
        here = run.part == "dispatcher" and submission.url.endswith(f":{run.port}")
        until = submission.acknowledged_at or float("inf")
    return here and submission.started_at <= at <= until


def _jobs_of_worker(
    pid: int, by_job: Mapping[str, Sequence[Transition]], at: float
) -> Iterator[str]:
    """Yield the jobs that the worker was running when it was killed."""
    for job, transitions in by_job.items():
        before = [one for one in transitions if one.at <= at]
        if before and before[-1].worker.endswith(f":{pid}"):
            yield job


def _recovery_s(transitions: Sequence[Transition], at: float, *, by_worker: bool) -> float | None:
    """Return the time from the kill to the next claim or end; 0 if another worker ran the job."""
    before = [one for one in transitions if one.at <= at + _CLOCK_SKEW_S]
    if before and before[-1].is_final:
        return None
    if before and before[-1].after == JobState.RUNNING and not by_worker:
        return 0.0
    later = (one for one in transitions if one.at > at + _CLOCK_SKEW_S)
    resumed = (one for one in later if one.is_final or one.after == JobState.RUNNING)
    return next((one.at - at for one in resumed), None)
