"""The Celery task: makes an attempt at a job and writes its outcome to the ledger."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import sha256
from math import inf
from pathlib import Path

import structlog

from whisperfarm_contract import identifiers
from whisperfarm_contract.attempt_decision import Cancel, Fail
from whisperfarm_contract.formats.json_formats import Json
from whisperfarm_contract.job import Job
from whisperfarm_contract.lanes import Lane, Objectives
from whisperfarm_contract.presets import Preset, get_preset
from whisperfarm_contract.problems import FarmUnavailable, Problem, Unavailable
from whisperfarm_contract.transcript import Transcript
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.notifications import Notifications
from whisperfarm_worker.attempt.cache import ResultCache
from whisperfarm_worker.attempt.checkpoint import Checkpoint
from whisperfarm_worker.attempt.checkpoints import Checkpoints
from whisperfarm_worker.attempt.lease import Lease, Leases
from whisperfarm_worker.attempt.monitor import StopAttempt
from whisperfarm_worker.attempt.originals import Originals
from whisperfarm_worker.attempt.result import Result
from whisperfarm_worker.attempt.retry import decide
from whisperfarm_worker.attempt.settle import Deliver, Outcome, Settlement
from whisperfarm_worker.attempt.voices import AttemptVoices, ReadEnrolled
from whisperfarm_worker.engines.errors import is_device_failure
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.pipeline import run
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.state import PipelineState
from whisperfarm_worker.process import free_memory
from whisperfarm_worker.process.scratch import Scratch
from whisperfarm_worker.redaction.redactor import Redactor


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRunner:
    """Makes attempts. It calls `on_device_failure` if the device cannot run further attempts.

    If it finds a dependency unavailable, it calls `report_unavailable` with `ledger` or `blobs` and
    the problem. The leases and the settlement report the ledger themselves.
    """

    leases: Leases
    settlement: Settlement
    blobs: Blobs
    notifications: Notifications
    engine: Engine
    scratch: Scratch
    checkpoints: Checkpoints
    cache: ResultCache
    redactor: Redactor
    originals: Originals
    presets: Mapping[str, Preset]
    ffmpeg: str
    max_audio_s: float
    max_channel_s: float = inf
    scratch_reserve_bytes: int | None = 0
    objectives_s: Objectives
    read_enrolled: ReadEnrolled = lambda _: ()
    speaker_threshold: float = 1.0
    on_device_failure: Callable[[], None]
    report_unavailable: Callable[[str, Problem], None]
    chance: Callable[[], float] = random.random

    def __call__(self, job_id: str) -> None:
        """Make an attempt at a job, if it is claimable.

        Raises only `FarmUnavailable`, if the ledger is unavailable before the attempt begins.
        """
        try:
            lease = self.leases.acquire(job_id)
        except FarmUnavailable as problem:
            events.attempt.claim_failed.log(job=job_id, error=problem.detail)
            self.report_unavailable("ledger", problem)
            raise
        except Exception as error:
            # The job is still queued, so it will be dispatched again.
            events.attempt.claim_failed.log(job=job_id, error=str(error))
            return
        if lease is None:
            events.attempt.claim_rejected.log(job=job_id)
            return
        with structlog.contextvars.bound_contextvars(job=job_id, attempt=lease.job.attempt):
            self._run(lease)

    def _run(self, lease: Lease) -> None:
        lane = Lane(lease.job.policy.lane)
        events.attempt.started.log(
            preset=lease.job.preset,
            lane=lane.value,
            waited_s=_waited_s(lease.job),
            objective_s=self.objectives_s[lane],
        )
        device_failed = False
        with self.checkpoints.for_job(lease.job) as checkpoint:
            try:
                outcome: Outcome = self._produce_result(lease, checkpoint)
            except BaseException as error:
                _log_error(error)
                outcome = decide(error, lease.job_now, chance=self.chance())
                device_failed = is_device_failure(error)
        lease.end()
        settled = partial(self._settled, lease, outcome, checkpoint)
        self.settlement.settle(lease.job, outcome, then=settled)
        self.leases.exit_gate()
        if device_failed:
            self.on_device_failure()

    def _settled(
        self, lease: Lease, outcome: Outcome, checkpoint: Checkpoint, accepted: bool
    ) -> None:
        """Release the lease and notify waiters. `accepted`: the ledger stored the outcome."""
        self.leases.release(lease)
        self.notifications.notify(lease.job.id)
        if accepted:
            self._cleanup(lease.job, outcome, checkpoint)

    def _cleanup(self, job: Job, outcome: Outcome, checkpoint: Checkpoint) -> None:
        """Update the cache, the checkpoints and the recording, after the waiters are notified."""
        if isinstance(outcome, Deliver) and not outcome.from_cache:
            self.cache.put(job)
        if isinstance(outcome, Deliver | Fail | Cancel):
            checkpoint.delete_all()
            self.originals.delete(job)

    def _produce_result(self, lease: Lease, checkpoint: Checkpoint) -> Deliver:
        job = lease.job
        key = identifiers.result_key(job.tenant, job.id, job.attempt)
        cached = self.cache.find(job)
        voices = AttemptVoices(self.read_enrolled, job.tenant)
        made = cached or self._transcribe(lease, checkpoint, voices, key)
        result = self.originals.without(made, job.options)
        transcript = result.transcript
        body = Json().render(transcript).encode()
        result.write_peaks(self.blobs, key)
        with self._reporting_blobs(), self.redactor.deleted_on_failure(key):
            self.blobs.put(key, body)
        lease.report_progress("render", 1.0)
        return Deliver(
            key,
            transcript.duration,
            transcript.warnings,
            speech_s=transcript.coverage.speech_s,
            from_cache=cached is not None,
            result_sha256=sha256(body).hexdigest(),
            voices=voices.kept,
        )

    def _transcribe(
        self, lease: Lease, checkpoint: Checkpoint, voices: AttemptVoices, result_key: str
    ) -> Result:
        job = lease.job
        self.redactor.check(job.options)
        with self.scratch.folder() as folder:
            context = StageContext(
                engine=self.engine,
                fetch=self._fetch,
                ffmpeg=self.ffmpeg,
                folder=folder,
                max_audio_s=self.max_audio_s,
                max_channel_s=self.max_channel_s,
                scratch_reserve_bytes=self.scratch_reserve_bytes,
                checkpoint=checkpoint,
                voices=voices,
                speaker_threshold=self.speaker_threshold,
            )
            state = _initial_state(job, self.presets)
            transcript, stage_s, state = run.run(state, context, lease)
            with self._reporting_blobs():
                self.redactor.store(state, transcript, result_key, lease)
        if transcript.duration >= free_memory.LONG_AUDIO_S:
            free_memory.return_to_system()
        _log_transcript(job, transcript, stage_s)
        return Result(transcript, state.peaks)

    def _fetch(self, key: str, to: Path) -> Path:
        with self._reporting_blobs():
            return self.blobs.fetch(key, to)

    @contextmanager
    def _reporting_blobs(self) -> Iterator[None]:
        """Report the blob store if it is unavailable inside the block."""
        try:
            yield
        except Unavailable as problem:
            self.report_unavailable("blobs", problem)
            raise


def _initial_state(job: Job, presets: Mapping[str, Preset]) -> PipelineState:
    preset = get_preset(job.preset, presets)
    state = PipelineState(preset=preset, options=job.options, audio_key=job.audio.key)
    if preset.selection is None:
        return state
    selected = replace(state, provenance={"profile": asdict(preset.selection)})
    return selected.warn(*preset.selection.fallbacks)


def _waited_s(job: Job) -> float | None:
    """Return the seconds from acceptance to the first attempt, or `None` for later attempts."""
    if job.attempt != 1 or job.started_at is None:
        return None
    return round(job.started_at - job.created_at, 3)


def _log_transcript(job: Job, transcript: Transcript, stage_s: Mapping[str, float]) -> None:
    events.attempt.transcribed.log(
        preset=job.preset,
        engine=transcript.provenance.get("engine", ""),
        audio_s=round(transcript.duration, 3),
        took_s=round(sum(stage_s.values()), 3),
        stage_s=dict(stage_s),
    )


def _log_error(error: BaseException) -> None:
    expected = isinstance(error, Problem | StopAttempt)
    event = events.attempt.stopped if expected else events.attempt.error
    event.log(error=type(error).__name__)
