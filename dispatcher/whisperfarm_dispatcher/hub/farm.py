"""What the edge asks of the hub: to take a recording, to return a transcript, and to delete."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from whisperfarm_contract.forwarding import OFFSET_HEADER
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import JobNotFound, TransferIncomplete
from whisperfarm_contract.states import FINAL_STATES
from whisperfarm_dispatcher.hub.requests import Hub, HubFailed, HubRefused, read_object

MAX_TRANSCRIPT_BYTES = 64 << 20

REASON = "erased at the edge"
"""The reason of deletions at the hub, in its chain of custody."""

_JSON: Mapping[str, str] = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class HubFarm:
    """The hub as a farm. `model` is the preset of its jobs; `None`: what the caller asked for.

    All methods raise `HubRefused` and `HubFailed`.
    """

    hub: Hub
    model: str | None

    def submit(self, job: Job) -> str | int:
        """Return the id of the hub's job, or how many bytes it has if that is not the whole
        recording. The job is made once: the transfer has the id of the edge's job."""
        audio = job.audio
        request = {
            **{"size_bytes": audio.size_bytes, "sha256": audio.sha256},
            **{"filename": audio.filename, "fields": self._fields(job)},
        }
        content, path = json.dumps(request).encode(), f"{_transfer(job.id)}/job"
        try:
            answer = self.hub.send("POST", path, content=content, headers=_JSON)
        except TransferIncomplete as problem:
            return int(problem.members["offset"])
        return _text(read_object(answer), "id")

    def append(self, job: Job, offset: int, chunk: bytes) -> int:
        """Send a chunk. Returns how many bytes the hub has, also if it expected another offset."""
        headers = {OFFSET_HEADER: str(offset), "Content-Type": "application/octet-stream"}
        try:
            self.hub.send("PATCH", _transfer(job.id), content=chunk, headers=headers)
        except TransferIncomplete as problem:
            return int(problem.members["offset"])
        return offset + len(chunk)

    def job(self, hub_job: str) -> dict[str, Any]:
        """Return the hub's job."""
        return read_object(self.hub.send("GET", _job(hub_job)))

    def result(self, hub_job: str) -> dict[str, Any]:
        """Return the transcript of a job that has succeeded."""
        path = f"{_job(hub_job)}/result?format=json"
        return read_object(self.hub.send("GET", path, max_bytes=MAX_TRANSCRIPT_BYTES))

    def erase(self, job_id: str, hub_job: str | None) -> str | None:
        """Delete the recording, the transcripts, and what has arrived of a recording.

        Returns the hub's job, if there was one. Raises `HubFailed` if it has a legal hold.
        """
        found = read_object(self.hub.send("GET", _transfer(job_id))).get("job")
        hub_job = str(found) if found else hub_job
        if hub_job is not None:
            self._erase_job(hub_job)
        self.hub.send("DELETE", _transfer(job_id))
        return hub_job

    def _erase_job(self, hub_job: str) -> None:
        try:
            if self.job(hub_job).get("state") not in FINAL_STATES:
                self.hub.send("DELETE", _job(hub_job))
            self.hub.send("DELETE", f"{_job(hub_job)}/content?{urlencode({'reason': REASON})}")
        except HubRefused as refused:
            if refused.problem.get("name") != JobNotFound.name:
                raise

    def _fields(self, job: Job) -> dict[str, Any]:
        """Return the fields of the hub's job: options with the words of their vocabulary, and
        labels. Redacted recordings and voices are made and kept at the edge alone."""
        own = {**dict.fromkeys(("vocabulary", "redact", "redact_sound", "keep_voices"))}
        fields = {**job.options.to_wire(), **own, "lane": job.policy.lane}
        fields |= {name: getattr(job.labels, name) for name in ("batch", "reference", "metadata")}
        if self.model is not None:
            fields |= {"model": self.model, "quality": None, "noisy": None}
        return {name: value for name, value in fields.items() if value is not None}


def _transfer(job_id: str) -> str:
    return f"/v1/transfers/{quote(job_id, safe='')}"


def _job(hub_job: str) -> str:
    return f"/v1/jobs/{quote(hub_job, safe='')}"


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 64:  # noqa: PLR2004
        raise HubFailed(f"the answer of the hub has no {name}")
    return value
