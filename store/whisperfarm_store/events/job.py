"""A job from its submission to its deletion."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import BOTH, DISPATCHER, WORKER, event


@event(INFO, DISPATCHER)
def accepted(
    *,
    job: str,
    tenant: str,
    preset: str,
    ingress: str,
    size_bytes: int,
    audio_s: float | None,
    is_duplicate: bool,
) -> None:
    """Audio and job are stored. `ingress` is http or amqp; `audio_s` is an estimate unless the size
    of the file reveals it, and null if nothing does; `is_duplicate`: an earlier request with the
    same idempotency key made the job."""


@event(INFO, DISPATCHER)
def dispatched(*, job: str, preset: str) -> None:
    """The broker has the job's id."""


@event(WARNING, DISPATCHER)
def rescued(*, job: str, state: str, attempt: int, problem: str | None) -> None:
    """The job was stuck and is in `state` now: its worker died, its message was lost or its
    deadline has passed."""


@event(INFO, BOTH)
def ended(
    *,
    job: str,
    tenant: str,
    preset: str,
    state: str,
    attempt: int,
    problem: str | None,
    after_s: float,
) -> None:
    """The job succeeded, failed or was cancelled, `after_s` seconds after it was accepted."""


@event(INFO, DISPATCHER)
def unpolled(*, job: str, preset: str, limit_s: float | None) -> None:
    """The job was cancelled: its caller had not asked for it for `limit_s` seconds."""


@event(INFO, BOTH)
def artifacts_deleted(*, job: str, artifact: str, cause: str) -> None:
    """The job's blobs were deleted; `artifact` is audio or results, `cause` is retention or
    request."""


@event(WARNING, WORKER)
def original_delete_failed(*, job: str, error: str) -> None:
    """The recording of a job with `originals=destroy` could not be deleted; retention does it."""


@event(INFO, DISPATCHER)
def held(*, job: str, tenant: str) -> None:
    """A legal hold was set: nothing of the job is deleted."""


@event(INFO, DISPATCHER)
def released(*, job: str, tenant: str) -> None:
    """The job's legal hold was lifted."""


@event(INFO, DISPATCHER)
def purged(*, count: int) -> None:
    """Retention deleted this many jobs from the ledger."""
