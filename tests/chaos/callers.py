"""The workload: callers that submit recordings with the farm's client and record each response."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from tests.chaos.amqp_caller import AmqpCaller
from tests.chaos.callback_receiver import ReceivedCallbacks
from tests.chaos.recordings import Kind, Recording, make_recording
from whisperfarm_client import Farm
from whisperfarm_client.audio_file import AudioFile
from whisperfarm_contract.problems import StorageFull

_CALLER_TIMEOUT_S = 400.0
_ABANDONED_S = 20.0
"""How long each caller of a failed test may take for its last recording."""
_PAUSE_CHANCE = 0.1
_CORRECTION_CHANCE = 0.1
_AMQP_KINDS: tuple[Kind, ...] = ("plain",) * 5 + ("long", "fails_once", "undecodable")
_KINDS: tuple[Kind, ...] = (
    ("plain",) * 10 + ("long",) * 3 + ("fails_once", "cancelled", "undecodable") * 2
)


@dataclass(slots=True, kw_only=True)
class Submission:
    """One submission and what the farm answered, recorded by the caller outside of the farm."""

    key: str
    recording: Recording
    url: str
    started_at: float
    job_id: str = ""
    """Empty until the farm acknowledges the job."""
    acknowledged_at: float | None = None
    repeated_job_id: str = ""
    """The job's id in the response to the same request, sent a second time."""
    state: str = ""
    problem: str = ""
    text: str = ""
    error: str = ""
    """The error that the client raised."""
    rejected: bool = False
    """The farm rejected the submission because its disk was full."""
    callback_url: str = ""
    over_amqp: bool = False
    """Submitted over AMQP; the reply goes to a queue."""

    @property
    def expects_callback(self) -> bool:
        """Whether the farm must send a callback or a reply when the job has ended."""
        return self.over_amqp or bool(self.callback_url)


@dataclass(slots=True)
class Callers:
    """`count` concurrent callers, each with one recording after the other, until the block ends.

    With `broker_url`, every fourth caller submits over AMQP.
    """

    urls: list[str]
    folder: Path
    count: int
    seed: int
    callbacks: ReceivedCallbacks
    broker_url: str = ""
    submissions: list[Submission] = field(default_factory=list)
    kinds: tuple[Kind, ...] = _KINDS
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        for number in range(self.count):
            rng = random.Random(self.seed * 1000 + number)
            over_amqp = self.broker_url and number % 4 == 3
            run = self._run_amqp_caller if over_amqp else self._run_http_caller
            self._threads.append(threading.Thread(target=run, args=(number, rng), daemon=True))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # A caller that went on would write into the folder of a test that has ended.
        self._stop(within_s=_ABANDONED_S)

    def finish(self) -> None:
        """Stop submitting, and wait until each caller has the result of its last recording."""
        self._stop(within_s=_CALLER_TIMEOUT_S + 100)

    def _stop(self, *, within_s: float) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(within_s)

    @property
    def done(self) -> int:
        """The number of submissions with a final state."""
        return sum(bool(submission.state) for submission in self.submissions)

    def _run_http_caller(self, number: int, rng: random.Random) -> None:
        url = self.urls[number % len(self.urls)]
        while not self._stopping.is_set():
            submission = Submission(
                key=rng.randbytes(16).hex(),
                recording=make_recording(rng.choice(self.kinds), rng),
                url=url,
                started_at=time.time(),
                callback_url=rng.choice((self.callbacks.url, "")),
            )
            self.submissions.append(submission)
            _HttpCall(submission, self.folder / f"{submission.key}.wav", rng.random).run()
            if rng.random() < _PAUSE_CHANCE:
                self._pause_and_resume(url)
            if submission.state == "cancelled":
                self._run_again(submission)
            if submission.rejected:
                self._stopping.wait(0.5)

    def _pause_and_resume(self, url: str) -> None:
        """Pause the dispatch of all jobs and resume it, as an operator does.

        The farm rejects both while its disk is full: a rejected pause is left out, and a rejected
        resume is repeated.
        """
        with _farm(url) as farm, suppress(StorageFull):
            farm.pause(accept=False)
            self._resume(farm)

    def _resume(self, farm: Farm) -> None:
        while True:
            with suppress(StorageFull):
                farm.resume()
                return
            time.sleep(0.2)

    def _run_again(self, cancelled: Submission) -> None:
        """Retry a cancelled job; the retry counts as a submission of the same recording."""
        submission = replace(
            cancelled,
            key=f"retry-{cancelled.key}",
            recording=replace(cancelled.recording, kind="plain"),
            started_at=time.time(),
            job_id="",
            acknowledged_at=None,
            repeated_job_id="",
            state="",
            problem="",
        )
        self.submissions.append(submission)
        _RetryCall(submission, cancelled.job_id).run()

    def _run_amqp_caller(self, number: int, rng: random.Random) -> None:
        url = self.urls[number % len(self.urls)]
        with AmqpCaller(self.broker_url, self.callbacks) as caller:
            while not self._stopping.is_set():
                submission = Submission(
                    key=f"message:{rng.randbytes(16).hex()}",
                    recording=make_recording(rng.choice(_AMQP_KINDS), rng),
                    url=url,
                    started_at=time.time(),
                    over_amqp=True,
                )
                self.submissions.append(submission)
                _AmqpCall(submission, caller, rng.random).run()


class _Call:
    """Submits, waits for the end, and fetches the transcript. `_submit_job` makes the job."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._farm = _farm(submission.url)

    def run(self) -> None:
        try:
            self._submit_job()
            self._await_end()
        except StorageFull as full:
            self._submission.rejected = not self._submission.job_id
            self._submission.error = "" if self._submission.rejected else str(full)
        except Exception as error:
            self._submission.error = f"{type(error).__name__}: {error}"
        finally:
            self._farm.close()

    def _submit_job(self) -> None:
        raise NotImplementedError

    def _await_end(self) -> None:
        submission = self._submission
        job = self._farm.wait(submission.job_id, timeout_s=_CALLER_TIMEOUT_S)
        text = self._fetch() if job["state"] == "succeeded" else ""
        submission.problem = (job["problem"] or {}).get("name", "")
        submission.text, submission.state = text, job["state"]

    def _fetch(self) -> str:
        return str(self._farm.transcript(self._submission.job_id)["text"])

    def _correct_and_approve(self) -> None:
        """Revise the transcript as a person does; its text stays what the recording has."""
        job_id = self._submission.job_id
        made = self._farm.correct(job_id, {"parent": 1, "note": self._submission.key})
        self._farm.approve(job_id, made["number"])
        kinds = [one["kind"] for one in self._farm.revisions(job_id)["revisions"]]
        if kinds != ["machine", "corrected", "approved"]:
            self._submission.error = f"the transcript has the revisions {kinds}"


class _RetryCall(_Call):
    def __init__(self, submission: Submission, cancelled_job_id: str) -> None:
        super().__init__(submission)
        self._cancelled_job_id = cancelled_job_id

    def _submit_job(self) -> None:
        job = self._farm.retry(self._cancelled_job_id, idempotency_key=self._submission.key)
        self._submission.job_id = job["id"]
        self._submission.acknowledged_at = time.time()


class _HttpCall(_Call):
    def __init__(self, submission: Submission, file: Path, random: Callable[[], float]) -> None:
        super().__init__(submission)
        self._file = file
        self._random = random

    def run(self) -> None:
        try:
            super().run()
        finally:
            self._file.unlink(missing_ok=True)  # the folder may have been deleted

    def _fetch(self) -> str:
        # The checker expects one callback for each job that has any.
        if not self._submission.callback_url and self._random() < _CORRECTION_CHANCE:
            self._correct_and_approve()
        return super()._fetch()

    def _submit_job(self) -> None:
        submission = self._submission
        self._file.write_bytes(submission.recording.wav)
        submission.job_id = self._submit()
        submission.acknowledged_at = time.time()
        if self._random() < 0.1:
            with suppress(
                StorageFull
            ):  # the job exists already; only the repeated request is rejected
                submission.repeated_job_id = self._submit()
        if submission.recording.kind == "cancelled":
            time.sleep(self._random() * 1.5)  # some jobs run by then, others are queued
            self._farm.cancel(submission.job_id)

    def _submit(self) -> str:
        submission = self._submission
        recording = AudioFile(str(self._file), len(submission.recording.wav), submission.key)
        options = {"model": "demo", "callback_url": submission.callback_url}
        return self._farm.submit(recording, options, timeout_s=_CALLER_TIMEOUT_S)["id"]


class _AmqpCall:
    """Submits over AMQP and fetches the transcript over HTTP, as callers of the AMQP ingress do."""

    def __init__(
        self, submission: Submission, caller: AmqpCaller, random: Callable[[], float]
    ) -> None:
        self._submission = submission
        self._caller = caller
        self._random = random
        self._farm = _farm(submission.url)

    def run(self) -> None:
        """Submit, wait for the end, fetch the transcript."""
        submission = self._submission
        try:
            self._submit()
            reply = self._caller.await_reply(submission.key, within_s=_CALLER_TIMEOUT_S)
            submission.job_id = reply.job_id
            submission.problem = reply.problem
            submission.text = self._fetch() if reply.state == "succeeded" else ""
            submission.state = reply.state
        except Exception as error:
            submission.error = f"{type(error).__name__}: {error}"
        finally:
            self._farm.close()

    def _submit(self) -> None:
        submission = self._submission
        self._caller.send(submission.key, submission.recording.wav)
        submission.acknowledged_at = time.time()
        if self._random() < 0.1:
            self._caller.send(submission.key, submission.recording.wav)

    def _fetch(self) -> str:
        return str(self._farm.transcript(self._submission.job_id)["text"])


def _farm(url: str) -> Farm:
    return Farm(url, timeout_s=_CALLER_TIMEOUT_S, environ={})
