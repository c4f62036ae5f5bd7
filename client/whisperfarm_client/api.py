"""The calls of the farm's HTTP API that the client uses, with retries."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from whisperfarm_client import documents, responses
from whisperfarm_client.audio_file import AudioFile, chunks
from whisperfarm_client.retry import Retrier
from whisperfarm_client.transport import (
    MAX_DOCUMENT_BYTES,
    ConnectFailed,
    ConnectionLost,
    HttpConnection,
    HttpResponse,
)
from whisperfarm_contract.problems import FarmUnavailable, Problem
from whisperfarm_contract.states import FINAL_STATES

RESPONSE_TIMEOUT_S = 60.0
"""Maximum time without data from the farm, in addition to the `wait` of the request."""

CANCEL_TIMEOUT_S = 2.0
"""Timeout of the request that cancels a job: it delays the end of the command."""

MAX_TRANSCRIPT_BYTES = 64 * 2**20
"""Maximum size of a transcript: more than 30 hours of speech with times of all words."""

_MAX_WAIT_FRACTION = 0.9
"""Maximum `wait` of a request as a fraction of the remaining time, so that its response arrives
in time."""

OnProgress = Callable[[str, float], None]
"""Called with the current stage and the fraction of it that is done, 0 to 1."""


class FarmApi:
    """A farm's HTTP API. Each call but `cancel` is retried as its retry policy allows.

    The calls raise the problem that the farm reports, `DeadlineExceeded`, `FarmUnavailable` or
    `BadResponse`.
    """

    def __init__(self, connection: HttpConnection) -> None:
        self._connection = connection

    def request(
        self,
        retrier: Retrier,
        method: str,
        target: str,
        *,
        wait_s: float = 0.0,
        max_bytes: int = MAX_DOCUMENT_BYTES,
        headers: Mapping[str, str] | None = None,
        body: Callable[[], Iterator[bytes]] | None = None,
    ) -> HttpResponse:
        """Send the request until it succeeds. Raises the problem of a final failure.

        `target` is the path with its query. `wait_s` is the time for which the farm may delay the
        response, and `max_bytes` limits its body. A retry calls `body` again.
        """
        while True:
            retrier.check("the farm did not answer")
            try:
                response = self._connection.send_request(
                    method,
                    target,
                    timeout_s=min(RESPONSE_TIMEOUT_S + wait_s, retrier.left_s()),
                    total_s=retrier.left_s(),
                    max_bytes=max_bytes,
                    headers=headers,
                    body=body and body(),
                )
            except ConnectFailed as error:
                retrier.failed(FarmUnavailable(str(error)))
            except ConnectionLost as error:
                retrier.pause(self._reason(error))
            else:
                if responses.is_success(response):
                    retrier.succeeded()
                    return response
                self._handle_failure(response, retrier)

    def submit(
        self,
        audio_file: AudioFile,
        options: Mapping[str, str],
        retrier: Retrier,
        on_progress: OnProgress,
    ) -> str:
        """Send the recording and return the id of its job."""

        def on_sent(fraction: float) -> None:
            retrier.check("the recording was still being sent")
            on_progress("send", fraction)

        response = self.request(
            retrier,
            "POST",
            "/v1/jobs?" + _query({**options, "filename": audio_file.filename}),
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Length": str(audio_file.size_bytes),
                "Idempotency-Key": audio_file.key,
            },
            body=lambda: chunks(audio_file, on_sent),
        )
        document = responses.json_body(response, self._connection.address, documents.ACCEPTED_JOB)
        job_id: str = document["id"]
        retrier.accepted(job_id)
        return job_id

    def wait_until_finished(
        self, job_id: str, retrier: Retrier, on_progress: OnProgress, *, wait_s: float
    ) -> dict[str, Any]:
        """Wait until the job has ended and return its document.

        `wait_s` is the time for which the farm may delay each response until the job has ended.
        """
        while True:
            wait_s = max(0.0, min(wait_s, _MAX_WAIT_FRACTION * retrier.left_s()))
            target = f"{_job_path(job_id)}?wait={wait_s:.3f}"
            response = self.request(retrier, "GET", target, wait_s=wait_s)
            job = responses.json_body(response, self._connection.address, documents.JOB)
            if job["state"] in FINAL_STATES:
                return job
            progress = job.get("progress") or {"stage": _state_text(job), "fraction": 0.0}
            on_progress(str(progress["stage"]), float(progress["fraction"]))
            retrier.snooze(f"the job had not ended ({progress['stage']})")

    def result(self, job_id: str, retrier: Retrier) -> bytes:
        """Return the transcript as JSON."""
        target = f"{_job_path(job_id)}/result?format=json"
        return self.request(retrier, "GET", target, max_bytes=MAX_TRANSCRIPT_BYTES).body

    def cancel(self, job_id: str) -> None:
        """Request the cancellation of the job once, and ignore failures."""
        try:
            self._connection.send_request("DELETE", _job_path(job_id), timeout_s=CANCEL_TIMEOUT_S)
        except (ConnectFailed, ConnectionLost, Problem):
            self._connection.close()

    def _reason(self, error: ConnectionLost) -> str:
        if isinstance(error.__cause__, TimeoutError):
            return f"the farm at {self._connection.address} did not answer in time"
        return f"the connection to {self._connection.address} broke: {error}"

    def _handle_failure(self, response: HttpResponse, retrier: Retrier) -> None:
        """Pause if the request may succeed later. Raises the response's problem otherwise."""
        problem = responses.to_problem(response, self._connection.address)
        if responses.is_retryable(response):
            retrier.pause(problem.detail, at_least_s=response.retry_after_s)
        elif responses.is_server_error(response):
            retrier.failed(problem, at_least_s=response.retry_after_s)
        else:
            raise problem


def _query(values: Mapping[str, str]) -> str:
    # File names are not always valid UTF-8.
    return urlencode(values, errors="replace")


def _job_path(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"


def _state_text(job: Mapping[str, Any]) -> str:
    """Return the state, with the queue position if the farm reports it."""
    ahead = job.get("ahead")
    if not isinstance(ahead, dict):
        return str(job["state"])
    starts_in_s = job.get("starts_in_s")
    position = f"{job['state']}, {ahead.get('jobs', '?')} ahead"
    return (
        position
        if starts_in_s is None
        else f"{position}, starts in about {float(starts_in_s):.0f} s"
    )
