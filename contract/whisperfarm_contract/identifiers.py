"""Names that several parts of the farm share: tasks, queues, exchanges and blob keys."""

import re

CELERY_TASK = "whisperfarm.transcribe"
"""The farm's only Celery task. Its only argument is the job id, which is also the task id."""

DEFAULT_TENANT = "default"
"""The tenant of all callers on a farm without API keys, and of keys that name no tenant."""

JOB_QUEUE = "whisperfarm.jobs"
"""The queue of the AMQP ingress to which the default tenant submits jobs."""

RESULTS_EXCHANGE = "whisperfarm.results"
"""The exchange to which the AMQP ingress publishes the events of finished jobs."""

RESERVED_QUEUES = re.compile(r"(whisperfarm|celery).*|.*\.pidbox", re.DOTALL)
"""Queues of the farm and of Celery, which callers must not name as a reply queue."""

REVISIONS_FOLDER = "revisions"
"""The folder, among the results of a job, of transcripts that people corrected."""

ADDITIONS_FOLDER = "additions"
"""The folder, among the results of a job, of analyses of its transcripts."""

UPLOADS_PREFIX = "intake"
"""The folder of the blob store to which callers may upload recordings directly."""

TRANSFERS_PREFIX = "transfers/"
"""The folder of the blob store with recordings that arrive in chunks."""

_TRANSFER = "transfer:"
_TRANSFER_KEY = re.compile(rf"{_TRANSFER}([A-Za-z0-9_-]{{1,64}})")
RESERVED_KEYS = (_TRANSFER, "upload:")
"""How idempotency keys begin that the farm makes itself."""


def transfer_prefix(tenant: str, transfer_id: str) -> str:
    """Return the key prefix of the chunks of a recording."""
    return f"{TRANSFERS_PREFIX}{tenant}/{transfer_id}/"


def transfer_key(transfer_id: str) -> str:
    """Return the idempotency key of the job that a transfer makes."""
    return f"{_TRANSFER}{transfer_id}"


def transfer_of_key(idempotency_key: str) -> str | None:
    """Return the id of the transfer that `transfer_key` made the key of, or `None`."""
    found = _TRANSFER_KEY.fullmatch(idempotency_key)
    return found[1] if found else None


def queue_name(preset: str) -> str:
    """Return the broker queue from which the workers of a preset consume."""
    return f"whisperfarm.{preset}"


def audio_key(tenant: str, job_id: str) -> str:
    """Return the blob key of a job's audio."""
    return f"audio/{tenant}/{job_id}"


def uploads_prefix(tenant: str) -> str:
    """Return the key prefix of the recordings that a tenant uploads directly."""
    return f"{UPLOADS_PREFIX}/{tenant}/"


def result_key(tenant: str, job_id: str, attempt: int) -> str:
    """Return the blob key of an attempt's transcript.

    Each attempt has a separate key, so that an attempt that lost its lease overwrites nothing.
    """
    return f"{results_prefix(tenant, job_id)}{attempt}/transcript.json"


def peaks_key(result_key: str) -> str:
    """Return the blob key of the peaks of a recording, beside the transcript of an attempt."""
    return f"{result_key.rpartition('/')[0]}/peaks.bin"


def redacted_audio_key(result_key: str) -> str:
    """Return the blob key of the redacted recording, beside the transcript of an attempt."""
    return f"{result_key.rpartition('/')[0]}/redacted.wav"


def redacted_manifest_key(result_key: str) -> str:
    """Return the blob key of what is masked in the redacted recording of an attempt."""
    return f"{result_key.rpartition('/')[0]}/redacted.json"


def redacted_keys(result_key: str) -> tuple[str, str]:
    """Return the blob keys of the redacted recording and of what is masked in it."""
    return redacted_audio_key(result_key), redacted_manifest_key(result_key)


def results_of_attempt(result_key: str) -> tuple[str, ...]:
    """Return the blob keys of a transcript and of all that may be beside it."""
    return result_key, peaks_key(result_key), *redacted_keys(result_key)


def revision_key(tenant: str, job_id: str, revision_id: str) -> str:
    """Return the blob key of a corrected transcript. `revision_id` is unique to each try."""
    return f"{results_prefix(tenant, job_id)}{REVISIONS_FOLDER}/{revision_id}/transcript.json"


def is_revision_key(key: str) -> bool:
    """Whether `revision_key` returned the key."""
    parts = key.split("/")
    return parts[0] == "results" and parts[3:4] == [REVISIONS_FOLDER]


def addition_key(tenant: str, job_id: str, revision: int, name: str) -> str:
    """Return the blob key of an addition to a revision of a job's transcript."""
    return f"{results_prefix(tenant, job_id)}{ADDITIONS_FOLDER}/{revision}/{name}.json"


def results_prefix(tenant: str, job_id: str) -> str:
    """Return the key prefix of all results of a job."""
    return f"results/{tenant}/{job_id}/"


def checkpoint_key(tenant: str, job_id: str, attempt: int) -> str:
    """Return the blob key at which an attempt saves the text of finished windows."""
    return f"{checkpoints_prefix(tenant, job_id)}{attempt}.json"


def checkpoints_prefix(tenant: str, job_id: str) -> str:
    """Return the key prefix of all checkpoints of a job."""
    return f"checkpoints/{tenant}/{job_id}/"
