"""The bodies of entries, by their kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract.job import Job
from whisperfarm_contract.revisions.revision import Revision

TEXT_OPTIONS = frozenset({"initial_prompt", "hotwords", "channel_names", "leg_name"})
"""Options whose text may name persons. Entries have commitments to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a submission came from. What is not known is empty.

    `ingress` is `http` or `amqp`, `key_id` the id of an API key of the ledger and `key_name` its
    name, `subject` stands for the subject of a token, `address` is that of the caller, and
    `retry_of` the job whose recording is used again.
    """

    ingress: str = ""
    key_id: str = ""
    key_name: str = ""
    subject: str = ""
    address: str = ""
    retry_of: str = ""

    @property
    def personal(self) -> Mapping[str, str]:
        """The values that may have to be erased."""
        return _known({"key_name": self.key_name, "subject": self.subject, "address": self.address})


UNKNOWN_ORIGIN = Origin()


def accepted(job: Job, origin: Origin) -> dict[str, Any]:
    """Return the body of the entry of a submission, without its personal values."""
    known = {"ingress": origin.ingress, "key_id": origin.key_id, "retry_of": origin.retry_of}
    return {
        "file_hash_sha256": job.audio.sha256,
        "size_bytes": job.audio.size_bytes,
        "preset": job.preset,
        "options": _plain_options(job),
        **_known(known),
    }


def personal_of(job: Job, origin: Origin) -> dict[str, str]:
    """Return the personal values of a submission."""
    options = job.options.to_wire()
    texts = {name: str(options[name]) for name in sorted(TEXT_OPTIONS & options.keys())}
    return {**_known({"filename": job.audio.filename}), **origin.personal, **texts}


def started(job: Job, worker: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of the entry of a claim. `facts` are what the worker knows of itself."""
    config = {"preset": job.preset, "options": _plain_options(job)}
    return {
        "attempt": job.attempt,
        "worker": worker,
        "file_hash_sha256": job.audio.sha256,
        **facts,
        "processing_config": {**config, **facts.get("processing_config", {})},
    }


def ended(job: Job, result_sha256: str | None) -> dict[str, Any]:
    """Return the body of the entry of a job's end."""
    body: dict[str, Any] = {"attempt": job.attempt}
    if job.problem is not None:
        body["problem"] = job.problem.get("name")
    if result_sha256 is not None:
        body["result_sha256"] = result_sha256
    return body


def revised(revision: Revision) -> dict[str, Any]:
    """Return the body of the entry of a revision, without its author."""
    return {
        "revision": revision.number,
        "revision_kind": revision.kind.value,
        "parent": revision.parent,
        "result_sha256": revision.sha256,
    }


def forwarded(hub: str, hub_job: str) -> dict[str, Any]:
    """Return the body of the entry of what a hub accepted, or deleted again."""
    return {"hub": hub, "hub_job": hub_job}


def _plain_options(job: Job) -> dict[str, Any]:
    return {
        name: value for name, value in job.options.to_wire().items() if name not in TEXT_OPTIONS
    }


def _known(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
