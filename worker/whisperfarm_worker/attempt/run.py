"""The one task: a job id comes in, an attempt is made, the ledger knows how it ended."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog

from whisperfarm_contract import identifiers
from whisperfarm_contract.attempt_decision import Cancel, Fail, Snooze
from whisperfarm_contract.formats.json_formats import Json
from whisperfarm_contract.job import Job
from whisperfarm_contract.presets import Preset, find
from whisperfarm_contract.problems import FarmUnavailable, Problem
from whisperfarm_contract.transcript import Transcript
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.notifications import Wakeups
from whisperfarm_worker.attempt.cache import ResultCache
from whisperfarm_worker.attempt.checkpoint import Checkpoint, Checkpoints
from whisperfarm_worker.attempt.lease import Lease, Leases
from whisperfarm_worker.attempt.monitor import Stop
from whisperfarm_worker.attempt.retry import decide
from whisperfarm_worker.attempt.settle import Deliver, Outcome, Settlement
from whisperfarm_worker.engines.errors import is_poison
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.pipeline import run
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.state import Work
from whisperfarm_worker.process.scratch import Scratch


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What it takes to make attempts. `poisoned` is called when no further one can be made here.

    `suspect` is called with `ledger` or `blobs` and the problem when an attempt finds that
    dependency unavailable.
    """

    leases: Leases
    settlement: Settlement
    blobs: Blobs
    wakeups: Wakeups
    engine: Engine
    scratch: Scratch
    checkpoints: Checkpoints
    cache: ResultCache
    presets: Mapping[str, Preset]
    ffmpeg: str
    longest_s: float
    poisoned: Callable[[], None]
    suspect: Callable[[str, Problem], None]
    chance: Callable[[], float] = random.random

    def __call__(self, job_id: str) -> None:
        """Make an attempt at a job, if it is to be had. Raises `FarmUnavailable` if the ledger is
        unavailable before the attempt begins, and nothing else."""
        try:
            lease = self.leases.take(job_id)
        except FarmUnavailable as problem:
            events.attempt.claim_failed.log(job=job_id, error=problem.detail)
            self.suspect("ledger", problem)
            raise
        except Exception as error:
            # Nobody has the job: it is released again.
            events.attempt.claim_failed.log(job=job_id, error=str(error))
            return
        if lease is None:
            events.attempt.claim_rejected.log(job=job_id)
            return
        with structlog.contextvars.bound_contextvars(job=job_id, attempt=lease.job.attempt):
            self._attempt(lease)

    def _attempt(self, lease: Lease) -> None:
        events.attempt.started.log(preset=lease.job.preset, waited_s=_waited_s(lease.job))
        poisoned = False
        with self.checkpoints.of(lease.job) as checkpoint:
            try:
                outcome: Outcome = self._deliver(lease, checkpoint)
            except BaseException as error:
                _log_error(error)
                outcome = decide(error, lease.job_now, chance=self.chance())
                poisoned = is_poison(error)
                if isinstance(outcome, Snooze) and isinstance(error, Problem):
                    self.suspect("blobs", error)
        settled = partial(self._settled, lease, outcome, checkpoint)
        self.settlement.settle(lease.job, outcome, then=settled)
        self.leases.leave_room()
        if poisoned:
            self.poisoned()

    def _settled(
        self, lease: Lease, outcome: Outcome, checkpoint: Checkpoint, accepted: bool
    ) -> None:
        """`accepted`: the ledger took the outcome."""
        self.leases.drop(lease)
        self.wakeups.tell(lease.job.id)
        if accepted:
            self._tidy(lease.job, outcome, checkpoint)

    def _tidy(self, job: Job, outcome: Outcome, checkpoint: Checkpoint) -> None:
        """What is left to do when nobody waits for it any more."""
        if isinstance(outcome, Deliver) and not outcome.from_cache:
            self.cache.keep(job)
        if isinstance(outcome, Deliver | Fail | Cancel):
            checkpoint.forget()

    def _deliver(self, lease: Lease, checkpoint: Checkpoint) -> Deliver:
        job = lease.job
        cached = self.cache.find(job)
        transcript = cached or self._transcribe(lease, checkpoint)
        key = identifiers.result_key(job.tenant, job.id, job.attempt)
        self.blobs.put(key, Json().render(transcript).encode())
        lease.report("render", 1.0)
        return Deliver(key, transcript.duration, from_cache=cached is not None)

    def _transcribe(self, lease: Lease, checkpoint: Checkpoint) -> Transcript:
        job = lease.job
        with self.scratch.folder() as folder:
            tools = Tools(
                engine=self.engine,
                fetch=self.blobs.fetch,
                ffmpeg=self.ffmpeg,
                folder=folder,
                longest_s=self.longest_s,
                checkpoint=checkpoint,
            )
            made, stage_s = run.run(_work(job, self.presets), tools, lease)
        _log_transcript(job, made, stage_s)
        return made


def _work(job: Job, presets: Mapping[str, Preset]) -> Work:
    preset = find(job.preset, presets)
    return Work(preset=preset, options=job.options, audio_key=job.audio.key)


def _waited_s(job: Job) -> float | None:
    """From acceptance to the begin of the first attempt; later ones waited for other reasons."""
    if job.attempt != 1 or job.started_at is None:
        return None
    return round(job.started_at - job.created_at, 3)


def _log_transcript(job: Job, made: Transcript, stage_s: Mapping[str, float]) -> None:
    events.attempt.transcribed.log(
        preset=job.preset,
        engine=made.made_with.get("engine", ""),
        audio_s=round(made.duration, 3),
        took_s=round(sum(stage_s.values()), 3),
        stage_s=dict(stage_s),
    )


def _log_error(error: BaseException) -> None:
    expected = isinstance(error, Problem | Stop)
    event = events.attempt.stopped if expected else events.attempt.error
    event.log(error=type(error).__name__)
