"""Names that several parts must spell the same way."""

import re

TASK = "whisperfarm.transcribe"
"""The one Celery task. Its only argument is a job id, which is also its task id."""

DEFAULT_TENANT = "default"
"""The tenant of callers when a farm runs without keys, and of keys that name no tenant."""

JOB_QUEUE = "whisperfarm.jobs"
"""Where the default tenant hands in jobs at the RabbitMQ door."""

RESULTS_EXCHANGE = "whisperfarm.results"
"""Where the outcomes of jobs from the RabbitMQ door are told."""

OWN_QUEUES = re.compile(r"(whisperfarm|celery).*|.*\.pidbox", re.DOTALL)
"""Queues of the farm and of Celery: not for callers to name."""

INTAKE = "intake"
"""The folder of the blob store into which callers may put recordings by themselves."""


def queue(preset: str) -> str:
    """The broker queue that the workers of a preset listen on."""
    return f"whisperfarm.{preset}"


def audio_key(tenant: str, job_id: str) -> str:
    """Where a job's audio lies in the blob store."""
    return f"audio/{tenant}/{job_id}"


def intake_prefix(tenant: str) -> str:
    """How the keys of recordings begin that a tenant has put into the blob store by itself."""
    return f"{INTAKE}/{tenant}/"


def result_key(tenant: str, job_id: str, attempt: int) -> str:
    """Where an attempt's transcript lies: each has its own, so that a late one overwrites none."""
    return f"{results_prefix(tenant, job_id)}{attempt}/transcript.json"


def results_prefix(tenant: str, job_id: str) -> str:
    """How the keys of all results of a job begin."""
    return f"results/{tenant}/{job_id}/"


def checkpoint_key(tenant: str, job_id: str, attempt: int) -> str:
    """Where an attempt keeps what it has of a transcript that is not finished."""
    return f"{checkpoints_prefix(tenant, job_id)}{attempt}.json"


def checkpoints_prefix(tenant: str, job_id: str) -> str:
    """How the keys of all checkpoints of a job begin."""
    return f"checkpoints/{tenant}/{job_id}/"
