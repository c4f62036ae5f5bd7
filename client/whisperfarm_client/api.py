"""What a farm does for us: four calls, each tried again until it is answered or time is up."""

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
"""The longest that a farm may keep silent while it should answer."""

CANCEL_S = 2.0
"""How long cancelling may keep us from ending."""

_SHARE_HELD = 0.9
"""How much of the time left a question may be held, so that its answer still comes in time."""

Progress = Callable[[str, float], None]
"""Hears the stage, and how much of it is done, 0 to 1."""


class Farm:
    """The farm at the other end of a line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def submit(
        self,
        recording: Recording,
        options: Mapping[str, str],
        patience: Patience,
        progress: Progress,
    ) -> str:
        """Sends the recording, and answers the id of its job."""

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
        """The job's document once the job has ended; each question is held for `wait_s`."""
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
        """The transcript as JSON."""
        return self._ask(patience, "GET", f"{_target(job_id)}/result?format=json").body

    def cancel(self, job_id: str) -> None:
        """Asks for the job to be cancelled: once, whatever comes of it."""
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
        """The answer, when it is a good one; else the problem that it tells of is raised."""
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
        """Waits when the farm says so, or failed; any other problem is raised."""
        problem = responses.problem(answer, self._line.address)
        if responses.is_for_later(answer):
            patience.pause(problem.detail, at_least_s=answer.retry_after_s)
        elif responses.is_fault(answer):
            patience.failed(problem, at_least_s=answer.retry_after_s)
        else:
            raise problem


def _query(values: Mapping[str, str]) -> str:
    # The name of a file need not be UTF-8.
    return urlencode(values, errors="replace")


def _target(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"


def _standing(job: Mapping[str, Any]) -> str:
    """The state, and of a queued job its place; farms that do not tell it are fine."""
    ahead = job.get("ahead")
    if not isinstance(ahead, dict):
        return str(job["state"])
    starts_in_s = job.get("starts_in_s")
    turn = f"{job['state']}, {ahead.get('jobs', '?')} ahead"
    return turn if starts_in_s is None else f"{turn}, starts in about {float(starts_in_s):.0f} s"
