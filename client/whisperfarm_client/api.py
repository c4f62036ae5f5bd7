"""The calls of the farm's HTTP API that clients and commands use: one method per request."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

from whisperfarm_client import audio_file, farm_documents
from whisperfarm_client.audio_file import Audio
from whisperfarm_client.farm_documents import Batch, Job, Pause, Preset, Revision, Revisions
from whisperfarm_client.speaker_calls import SpeakerCalls
from whisperfarm_contract.problems import ForwardNotFound
from whisperfarm_contract.states import FINAL_STATES

if TYPE_CHECKING:  # most runs of whisper-remote need neither
    from whisperfarm_client.events import Event
    from whisperfarm_client.legs import Leg

POLL_WAIT_S = 20.0
"""The `wait` of each request for the job's state, in seconds."""

POLL_WITH_PROGRESS_S = 2.0
"""The same when the progress is shown."""

MAX_TRANSCRIPT_BYTES = 64 * 2**20
"""Maximum size of a transcript: more than 30 hours of speech with times of all words."""

MAX_PAGE_JOBS = 200
MAX_PAGE_BYTES = 32 << 20
"""Maximum size of a page of jobs; metadata and options of each have tens of kilobytes."""

_MAX_WAIT_FRACTION = 0.9
"""Maximum `wait` of a request as a fraction of the remaining time, so that its response arrives
in time."""

OnProgress = Callable[[str, float], object]
"""Called with the current stage and the fraction of it that is done, 0 to 1."""

Value = str | int | float | bool
"""The value of an option."""


_NONE: Mapping[str, Any] = MappingProxyType({})


class FarmApi(SpeakerCalls):
    """A farm's HTTP API: all calls."""

    def submit(
        self,
        audio: Audio,
        options: Mapping[str, Value] = _NONE,
        *,
        idempotency_key: str | None = None,
        filename: str | None = None,
        timeout_s: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Job:
        """Send a recording and return its job.

        `options` are those of the job, its policy and its labels. Requests with the same
        `idempotency_key` make one job; without a key, the requests of this call do. `filename` is
        the name by which the job is found (default: that of the file). While the farm is busy, the
        recording is sent again until `timeout_s` has passed (default: no limit). Raises
        `MissingAudio` or `AudioEmpty` if the file cannot be sent.
        """
        file = audio_file.open_audio(audio)
        return self._submit(
            {**options, "filename": filename or file.filename},
            {
                "Content-Type": "application/octet-stream",
                "Content-Length": str(file.size_bytes),
                "Idempotency-Key": idempotency_key or file.key,
            },
            partial(audio_file.chunks, file),
            timeout_s=timeout_s,
            on_progress=on_progress,
        )

    def submit_call(
        self,
        legs: "Sequence[Leg]",
        options: Mapping[str, Value] = _NONE,
        *,
        idempotency_key: str | None = None,
        filename: str | None = None,
        timeout_s: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Job:
        """Send several recordings of one call, and return their job.

        The transcript has one time line and one speaker for each leg, or more with
        `diarize`. The rest is as in `submit`;
        without `filename`, the job has that of the first leg.
        """
        from whisperfarm_client.legs import LegForm

        form = LegForm(legs, filename=filename)
        return self._submit(
            options,
            {
                "Content-Type": form.content_type,
                "Content-Length": str(form.size_bytes),
                "Idempotency-Key": idempotency_key or audio_file.new_key(),
            },
            form.chunks,
            timeout_s=timeout_s,
            on_progress=on_progress,
        )

    def _submit(
        self,
        fields: Mapping[str, Value],
        headers: Mapping[str, str],
        chunks: Callable[[Callable[[float], None]], Iterator[bytes]],
        *,
        timeout_s: float | None,
        on_progress: OnProgress | None,
    ) -> Job:
        retrier = self._new_retrier(timeout_s)

        def on_sent(fraction: float) -> None:
            retrier.check("the recording was still being sent")
            if on_progress is not None:
                on_progress("send", fraction)

        job = self._requests.document(
            retrier,
            "POST",
            f"/v1/jobs?{_query(fields)}",
            farm_documents.JOB,
            headers=headers,
            body=lambda: chunks(on_sent),
        )
        retrier.accepted(job["id"])
        return cast("Job", job)

    def job(self, job_id: str) -> Job:
        """Return the job."""
        return self._job("GET", _path(job_id))

    def jobs(
        self, filters: Mapping[str, str] = _NONE, *, limit: int = MAX_PAGE_JOBS
    ) -> Iterator[Job]:
        """Yield up to `limit` jobs that match all filters, newest first."""
        paging: dict[str, str] = {}
        while limit > 0:
            paging["limit"] = str(min(limit, MAX_PAGE_JOBS))
            page = self._document(
                "GET",
                f"/v1/jobs?{_query({**filters, **paging})}",
                farm_documents.PAGE,
                max_bytes=MAX_PAGE_BYTES,
            )
            yield from page["jobs"][:limit]
            limit -= len(page["jobs"])
            if page["next"] is None or not page["jobs"]:
                return
            paging["before"] = page["next"]

    def wait(
        self,
        job_id: str,
        *,
        timeout_s: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Job:
        """Wait until the job has ended, in whatever state, and return it.

        Raises `DeadlineExceeded` after `timeout_s` (default: no limit). The job goes on then.
        """
        retrier = self._new_retrier(timeout_s)
        longest_s = POLL_WAIT_S if on_progress is None else POLL_WITH_PROGRESS_S
        while True:
            wait_s = max(0.0, min(longest_s, _MAX_WAIT_FRACTION * retrier.left_s()))
            target = f"{_path(job_id)}?wait={wait_s:.3f}"
            document = self._requests.document(
                retrier, "GET", target, farm_documents.JOB, wait_s=wait_s
            )
            job = cast("Job", document)
            if job["state"] in FINAL_STATES:
                return job
            stage, fraction = farm_documents.progress(job)
            if on_progress is not None:
                on_progress(stage, fraction)
            retrier.snooze(f"the job had not ended ({stage})")

    def events(
        self, job_id: str, *, last_event_id: str | None = None, timeout_s: float | None = None
    ) -> "Iterator[Event]":
        """Yield the job whenever its state or progress changes, until it has ended.

        If the connection breaks, the events go on after the last one. `last_event_id` is the id of
        the last event of an earlier call. Raises `DeadlineExceeded` after `timeout_s`.
        """
        from whisperfarm_client import events

        retrier = self._new_retrier(timeout_s)
        yield from events.follow(self._requests, retrier, f"{_path(job_id)}/events", last_event_id)

    def result(self, job_id: str, format: str = "json", **subtitle_options: Value) -> bytes:
        """Return the transcript in a format. Raises the job's problem if it has none."""
        target = f"{_path(job_id)}/result?{_query({'format': format, **subtitle_options})}"
        return self._send("GET", target, max_bytes=MAX_TRANSCRIPT_BYTES)

    def transcript(self, job_id: str) -> dict[str, Any]:
        """Return the transcript as its JSON document. Raises the job's problem if it has none."""
        from whisperfarm_client import results

        return results.read(self.result(job_id))

    def forward(self, job_id: str) -> dict[str, Any] | None:
        """Return what was sent of the job to the farm's hub, or `None` if it is not sent."""
        try:
            return self._document("GET", f"{_path(job_id)}/forward", farm_documents.FORWARD)
        except ForwardNotFound:
            return None

    def custody(self, job_id: str) -> bytes:
        """Return the document with the job's chain of custody. Raises `CustodyNotFound`."""
        return self._send("GET", f"{_path(job_id)}/custody", max_bytes=MAX_TRANSCRIPT_BYTES)

    def revisions(self, job_id: str) -> Revisions:
        """Return the revisions of the job's transcript, and which of them is the default."""
        target = f"{_path(job_id)}/revisions"
        return cast("Revisions", self._document("GET", target, farm_documents.REVISIONS))

    def correct(self, job_id: str, correction: Mapping[str, Any]) -> Revision:
        """Send a correction, and return the revision that it made.

        `correction` has `parent`, `operations`, and perhaps `note` and `tags`. Raises
        `InvalidCorrection`, or `RevisionConflict` if another one has followed the parent.
        """
        return self._revise(f"{_path(job_id)}/revisions", correction)

    def approve(self, job_id: str, revision: int, *, note: str | None = None) -> Revision:
        """Approve a revision, and return the approved one. Raises like `correct`."""
        remark = {} if note is None else {"note": note}
        return self._revise(f"{_path(job_id)}/revisions/{revision}/approve", remark)

    def _revise(self, target: str, document: Mapping[str, Any]) -> Revision:
        body = json.dumps(document).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        answer = self._document(
            "POST", target, farm_documents.REVISION, headers=headers, body=lambda: iter([body])
        )
        return cast("Revision", answer)

    def cancel(self, job_id: str) -> Job:
        """Cancel the job and return it; one that has ended is unchanged."""
        return self._job("DELETE", _path(job_id))

    def erase(self, job_id: str, *, reason: str) -> Job:
        """Delete the recording and the transcripts of a job that has ended, and return the job.

        Raises `JobOnHold` if it has a legal hold.
        """
        return self._job("DELETE", f"{_path(job_id)}/content?{_query({'reason': reason})}")

    def hold(self, job_id: str, *, reason: str) -> Job:
        """Set a legal hold, which forbids every deletion, and return the job."""
        return self._job("PUT", f"{_path(job_id)}/hold?{_query({'reason': reason})}")

    def release(self, job_id: str, *, reason: str) -> Job:
        """Lift the legal hold of the job, and return it."""
        return self._job("DELETE", f"{_path(job_id)}/hold?{_query({'reason': reason})}")

    def hold_all(self, filters: Mapping[str, str], *, reason: str) -> int:
        """Set the holds of all jobs that the filters find. Returns how many were set."""
        return self._change_holds("PUT", filters, reason)

    def release_all(self, filters: Mapping[str, str], *, reason: str) -> int:
        """Lift the holds of all jobs that the filters find. Returns how many were lifted."""
        return self._change_holds("DELETE", filters, reason)

    def _change_holds(self, method: str, filters: Mapping[str, str], reason: str) -> int:
        target = f"/v1/holds?{_query({**filters, 'reason': reason})}"
        answer = self._document(method, target, farm_documents.HOLD_CHANGES)
        return int(answer["jobs"])

    def retry(
        self, job_id: str, *, preset: str | None = None, idempotency_key: str | None = None
    ) -> Job:
        """Submit a job that failed or was cancelled again, and return the new one.

        With another `preset`, the job may have succeeded. Requests with the same `idempotency_key`
        make one job; without a key, those of this call do.
        """
        headers = {"Idempotency-Key": idempotency_key or audio_file.new_key()}
        query = "" if preset is None else f"?{_query({'preset': preset})}"
        return self._job("POST", f"{_path(job_id)}/retry{query}", headers=headers)

    def batch(self, batch_id: str) -> Batch:
        """Return how many jobs of a batch are in each state. Raises `BatchNotFound`."""
        return self._batch("GET", batch_id)

    def cancel_batch(self, batch_id: str) -> Batch:
        """Cancel all jobs of the batch that have not ended, and return it."""
        return self._batch("DELETE", batch_id)

    def presets(self) -> list[Preset]:
        """Return the presets that jobs may name as their model."""
        answer = self._document("GET", "/v1/presets", farm_documents.PRESETS)
        return cast("list[Preset]", answer["presets"])

    def pauses(self) -> list[Pause]:
        """Return what is paused. Needs the key of an operator, like `pause` and `resume`."""
        return self._pauses("GET", {})

    def pause(
        self,
        preset: str | None = None,
        *,
        accept: bool = True,
        dispatch: bool = True,
        reason: str = "",
        retry_after_s: int = 60,
    ) -> list[Pause]:
        """Pause a preset or the whole farm, and return all pauses.

        With `accept`, new jobs are refused with `reason` and `retry_after_s`. With `dispatch`,
        queued jobs wait.
        """
        query: dict[str, Value] = {"accept": accept, "dispatch": dispatch, "reason": reason}
        chosen = {} if preset is None else {"preset": preset}
        return self._pauses("PUT", {**query, "retry_after_s": retry_after_s, **chosen})

    def resume(self, preset: str | None = None) -> list[Pause]:
        """End the pause of a preset or of the whole farm, and return the other pauses."""
        return self._pauses("DELETE", {} if preset is None else {"preset": preset})

    def _pauses(self, method: str, query: Mapping[str, Value]) -> list[Pause]:
        answer = self._document(method, f"/v1/pauses?{_query(query)}", farm_documents.PAUSES)
        return cast("list[Pause]", answer["pauses"])

    def _batch(self, method: str, batch_id: str) -> Batch:
        target = f"/v1/batches/{quote(batch_id, safe='')}"
        return cast("Batch", self._document(method, target, farm_documents.BATCH))

    def _job(self, method: str, target: str, **options: Any) -> Job:
        return cast("Job", self._document(method, target, farm_documents.JOB, **options))


def _query(values: Mapping[str, Value]) -> str:
    texts = {name: _text(value) for name, value in values.items()}
    # File names are not always valid UTF-8.
    return urlencode(texts, errors="replace")


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _path(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"
