"""The requests of operators' commands to a farm."""

import uuid
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from whisperfarm.remote import documents
from whisperfarm_client import responses
from whisperfarm_client.address import Address
from whisperfarm_client.api import MAX_TRANSCRIPT_BYTES, FarmApi
from whisperfarm_client.documents import Check
from whisperfarm_client.retry import Retrier

MAX_PAGE_JOBS = 200
MAX_PAGE_BYTES = 32 << 20
"""Maximum size of a page of jobs; metadata and options of each have tens of kilobytes."""


class RemoteFarm:
    """A farm's HTTP API. Raises what `FarmApi` raises."""

    def __init__(self, api: FarmApi, address: Address, retrier: Retrier) -> None:
        self._api = api
        self._address = address
        self._retrier = retrier

    def jobs(self, filters: Mapping[str, str], *, limit: int) -> Iterator[dict[str, Any]]:
        """Yield up to `limit` jobs, newest first."""
        before = None
        while limit > 0:
            paging = {
                "limit": str(min(limit, MAX_PAGE_JOBS)),
                **({"before": before} if before else {}),
            }
            page = self._get(f"/v1/jobs?{urlencode({**filters, **paging})}", documents.PAGE)
            yield from page["jobs"][:limit]
            limit -= len(page["jobs"])
            before = page["next"]
            if before is None or not page["jobs"]:
                return

    def job(self, job_id: str) -> dict[str, Any]:
        return self._get(_path(job_id), documents.JOB)

    def cancel(self, job_id: str) -> dict[str, Any]:
        """Cancel the job and return it; one that has ended is unchanged."""
        return self._call("DELETE", _path(job_id), documents.JOB)

    def retry(self, job_id: str) -> dict[str, Any]:
        """Submit the job again and return the new one."""
        key = {"Idempotency-Key": uuid.uuid4().hex}
        return self._call("POST", f"{_path(job_id)}/retry", documents.JOB, headers=key)

    def rerun(self, job_id: str, preset: str) -> dict[str, Any]:
        """Submit the job again with another preset, and return the new one, or the one that an
        earlier call made."""
        key = {"Idempotency-Key": f"rerun-{job_id}-{sha256(preset.encode()).hexdigest()[:16]}"}
        target = f"{_path(job_id)}/retry?{urlencode({'preset': preset})}"
        return self._call("POST", target, documents.JOB, headers=key)

    def result(self, job_id: str, format: str) -> bytes:
        """Return the transcript in a format."""
        target = f"{_path(job_id)}/result?{urlencode({'format': format})}"
        response = self._api.request(self._retrier, "GET", target, max_bytes=MAX_TRANSCRIPT_BYTES)
        return response.body

    def presets(self) -> list[dict[str, Any]]:
        presets: list[dict[str, Any]] = self._get("/v1/presets", documents.PRESETS)["presets"]
        return presets

    def pause(self, pause: Mapping[str, str]) -> list[dict[str, Any]]:
        """Pause what the members of the query say, and return all pauses."""
        return self._pauses("PUT", pause)

    def resume(self, preset: str | None) -> list[dict[str, Any]]:
        """End the pause of a preset or of the whole farm, and return the other pauses."""
        return self._pauses("DELETE", {} if preset is None else {"preset": preset})

    def _pauses(self, method: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        answer = self._call(method, f"/v1/pauses?{urlencode(query)}", documents.PAUSES)
        pauses: list[dict[str, Any]] = answer["pauses"]
        return pauses

    def _get(self, target: str, check: Check) -> dict[str, Any]:
        return self._call("GET", target, check)

    def _call(
        self, method: str, target: str, check: Check, *, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        response = self._api.request(
            self._retrier, method, target, max_bytes=MAX_PAGE_BYTES, headers=headers
        )
        return responses.json_body(response, self._address, check)


def _path(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"
