"""The calls of the farm's HTTP API that the client uses, with retries."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from whisperfarm_client import responses
from whisperfarm_client.audio_file import Recording, chunks
from whisperfarm_client.retry import Patience
from whisperfarm_client.transport import Answer, Broken, Line, NotReached
from whisperfarm_contract.problems import FarmUnavailable, Problem
from whisperfarm_contract.states import FINAL

SILENCE_S = 60.0
"""Maximum time without data from the farm, in addition to the `wait` of the request."""

CANCEL_S = 2.0
"""Timeout of the request that cancels a job: it delays the end of the command."""

_SHARE_HELD = 0.9
"""Maximum `wait` of a request as a fraction of the remaining time, so that its response arrives
in time."""

Progress = Callable[[str, float], None]
"""Called with the current stage and the fraction of it that is done, 0 to 1."""


class Farm:
    """A farm's HTTP API. Each call but `cancel` is retried as its retry policy allows.

    The calls raise the problem that the farm reports, `DeadlinePassed`, `FarmUnavailable` or
    `AnswerWrong`.
    """

    def __init__(self, line: Line) -> None:
        self._line = line

    def submit(
        self,
        recording: Recording,
        options: Mapping[str, str],
        patience: Patience,
        progress: Progress,
    ) -> str:
        """Send the recording and return the id of its job."""

        def on_sent(share: float) -> None:
            patience.check("the recording was still being sent")
            progress("send", share)

        answer = self._ask(
            patience,
            "POST",
            "/v1/jobs?" + _query({**options, "filename": recording.filename}),
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Length": str(recording.size_bytes),
                "Idempotency-Key": recording.key,
            },
            body=lambda: chunks(recording, on_sent),
        )
        job_id = str(responses.document(answer, self._line.address, "id")["id"])
        patience.accepted(job_id)
        return job_id

    def follow(
        self, job_id: str, patience: Patience, progress: Progress, *, wait_s: float
    ) -> dict[str, Any]:
        """Wait until the job has ended and return its document.

        `wait_s` is the time for which the farm may delay each response until the job has ended.
        """
        while True:
            held_s = max(0.0, min(wait_s, _SHARE_HELD * patience.left_s()))
            target = f"{_target(job_id)}?wait={held_s:.3f}"
            answer = self._ask(patience, "GET", target, held_s=held_s)
            job = responses.document(answer, self._line.address, "state")
            if job["state"] in FINAL:
                return job
            stage = job.get("progress") or {"stage": _standing(job), "done": 0.0}
            progress(str(stage["stage"]), float(stage["done"]))
            patience.not_yet(f"the job had not ended ({stage['stage']})")

    def result(self, job_id: str, patience: Patience) -> bytes:
        """Return the transcript as JSON."""
        return self._ask(patience, "GET", f"{_target(job_id)}/result?format=json").body

    def cancel(self, job_id: str) -> None:
        """Request the cancellation of the job once, and ignore failures."""
        try:
            self._line.exchange("DELETE", _target(job_id), timeout_s=CANCEL_S)
        except (NotReached, Broken, Problem):
            self._line.close()

    def _ask(
        self,
        patience: Patience,
        method: str,
        target: str,
        *,
        held_s: float = 0.0,
        headers: Mapping[str, str] | None = None,
        body: Callable[[], Iterator[bytes]] | None = None,
    ) -> Answer:
        """Send the request until it succeeds. Raises the problem of a final failure."""
        while True:
            patience.check("the farm did not answer")
            try:
                answer = self._line.exchange(
                    method,
                    target,
                    timeout_s=min(SILENCE_S + held_s, patience.left_s()),
                    headers=headers,
                    body=body and body(),
                )
            except NotReached as error:
                patience.failed(FarmUnavailable(str(error)))
            except Broken as error:
                patience.pause(f"the connection to {self._line.address} broke: {error}")
            else:
                if responses.is_good(answer):
                    patience.answered()
                    return answer
                self._bear(answer, patience)

    def _bear(self, answer: Answer, patience: Patience) -> None:
        """Pause if the request may succeed later. Raises the response's problem otherwise."""
        problem = responses.problem(answer, self._line.address)
        if responses.is_for_later(answer):
            patience.pause(problem.detail, at_least_s=answer.retry_after_s)
        elif responses.is_fault(answer):
            patience.failed(problem, at_least_s=answer.retry_after_s)
        else:
            raise problem


def _query(values: Mapping[str, str]) -> str:
    # File names are not always valid UTF-8.
    return urlencode(values, errors="replace")


def _target(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"


def _standing(job: Mapping[str, Any]) -> str:
    """Return the state, with the queue position if the farm reports it."""
    ahead = job.get("ahead")
    if not isinstance(ahead, dict):
        return str(job["state"])
    starts_in_s = job.get("starts_in_s")
    turn = f"{job['state']}, {ahead.get('jobs', '?')} ahead"
    return turn if starts_in_s is None else f"{turn}, starts in about {float(starts_in_s):.0f} s"
