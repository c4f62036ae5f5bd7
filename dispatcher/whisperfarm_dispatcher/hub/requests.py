"""Requests to the hub, and what its answers mean."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from whisperfarm_contract.problems import AddressUnreachable, TransferIncomplete
from whisperfarm_dispatcher.callbacks.schedule import retry_after_s
from whisperfarm_dispatcher.egress import HttpClient
from whisperfarm_dispatcher.hub.pace import MAX_RETRY_AFTER_S

MAX_DOCUMENT_BYTES = 1 << 20
_FINAL = frozenset({400, 410, 413, 415, 422})
_OK = range(200, 300)


class HubRefused(Exception):
    """The hub refuses the request for good; `problem` says why."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem.get("status")))
        self.problem = problem


class HubFailed(Exception):
    """The hub does not serve the request now; `requested_s` is its `Retry-After`."""

    def __init__(self, error: str, *, requested_s: float = 0.0) -> None:
        super().__init__(error)
        self.requested_s = requested_s


@dataclass(frozen=True, slots=True)
class Hub:
    """The address of a hub, the file with its key, and the longest time of a request."""

    url: str
    key_file: Path | None
    http_client: HttpClient
    timeout_s: float

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def send(
        self,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_DOCUMENT_BYTES,
    ) -> bytes:
        """Return the body of the answer. Raises `HubRefused`, `HubFailed`, and
        `TransferIncomplete` with its offset."""
        url = f"{self.url.rstrip('/')}{path}"
        all_headers = {**self._headers(), **(headers or {}), "Content-Length": str(len(content))}
        try:
            with self.http_client.request(
                method,
                url,
                headers=all_headers,
                content=content,
                stall_timeout_s=self.timeout_s,
                timeout_s=self.timeout_s,
            ) as response:
                body = response.read(max_bytes)
        except AddressUnreachable as problem:
            raise HubFailed(problem.detail) from None
        if len(body) > max_bytes:
            raise HubFailed(f"the answer of the hub has more than {max_bytes} bytes")
        if response.status not in _OK:
            raise _failure(response.status, response.headers.get("retry-after"), body)
        return body

    def _headers(self) -> Mapping[str, str]:
        agent = {"User-Agent": f"whisperfarm/{version('whisperfarm')}"}
        if self.key_file is None:
            return agent
        try:
            key = self.key_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise HubFailed(f"WHISPERFARM_HUB_KEY_FILE cannot be read: {error.strerror}") from None
        return {**agent, "Authorization": f"Bearer {key}"}


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of an answer. Raises `HubFailed`."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise HubFailed("the hub did not answer with a JSON object")
    return found


def _failure(status: int, retry_after: str | None, body: bytes) -> Exception:
    try:
        problem = {"status": status, **read_object(body)}
    except HubFailed:
        problem = {"status": status, "detail": f"the hub answered {status}"}
    if problem.get("name") == TransferIncomplete.name and isinstance(problem.get("offset"), int):
        incomplete = TransferIncomplete(str(problem.get("detail")))
        incomplete.members = {"offset": problem["offset"]}
        return incomplete
    if status in _FINAL or problem.get("name") == "job-not-found":
        return HubRefused(problem)
    requested_s = retry_after_s(retry_after, now_s=time.time()) or 0.0
    error = f"the hub answered {status}: {problem.get('detail')}"
    return HubFailed(error[:1000], requested_s=min(requested_s, MAX_RETRY_AFTER_S))
