"""The transcription of one recording, or of the legs of one call."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from typing import Any, NamedTuple

from whisperfarm_client import errors, output_names, submission
from whisperfarm_client.api import FarmApi
from whisperfarm_client.audio_file import AudioFile
from whisperfarm_client.errors import Stopped
from whisperfarm_client.farm_documents import Job, problem_of
from whisperfarm_client.report import Report
from whisperfarm_client.retried_requests import RetriedRequests
from whisperfarm_client.retry import Retrier
from whisperfarm_client.settings import Settings
from whisperfarm_client.transport import HttpConnection
from whisperfarm_contract.problems import JobNotPolled, Problem
from whisperfarm_contract.states import JobState

CANCEL_TIMEOUT_S = 2.0
"""Timeout of the request that cancels a job: it delays the end of the command."""


class Transcription(NamedTuple):
    """A transcription from the audio to the output files, which are named after the first path.

    There is one path, unless the settings are for a call. `turn` is held while the audio is sent.
    """

    paths: Sequence[str]
    connection: HttpConnection
    retrier: Retrier
    settings: Settings
    report: Report
    turn: Callable[[], AbstractContextManager[None]] = nullcontext

    def run(self) -> Problem | None:
        """Transcribe. Returns the problem if that failed. Raises `Stopped`."""
        try:
            self._transcribe()
        except Problem as problem:
            return problem
        except Stopped:
            raise
        except Exception as error:
            return errors.unexpected(error)
        finally:
            self.report.clear()
        return None

    def _transcribe(self) -> None:
        audio = submission.open_audio(self.paths)
        output_names.check_writable(
            output_names.output_paths(
                self.paths[0], self.settings.output_dir, self.settings.output_format
            )
        )
        while not self._finish(self._submit(audio)):
            pass  # the job was not polled while this process or its network was suspended

    def _submit(self, audio: Sequence[AudioFile]) -> str:
        with self.turn():
            return submission.submit(self._farm(), audio, self.settings, self.report.update)

    def _finish(self, job_id: str) -> bool:
        """Write the outputs of the job once it has ended.

        Returns False if the farm has cancelled it because it was not polled.
        """
        try:
            job = self._wait(job_id)
            if _was_not_polled(job):
                return False
            document = self._result(job)
            from whisperfarm_client import transcript_output  # after the audio has been sent

            transcript_output.write(document, self.paths[0], self.settings)
        except Exception as error:
            errors.attach_job_id(error, job_id)
            raise
        transcript_output.print_to(self.report, document, self.paths[0], self.settings)
        return True

    def _result(self, job: Job) -> Mapping[str, Any]:
        """Return the transcript. Raises the problem of a job that did not succeed."""
        if job["state"] != JobState.SUCCEEDED:
            raise problem_of(job)
        from whisperfarm_client import results

        return results.read(self._farm().result(job["id"]), silence_text=self.settings.silence_text)

    def _wait(self, job_id: str) -> Job:
        """Return the finished job; cancel it if waiting ends earlier, for example by a signal."""
        on_progress = self.report.update if self.report.shows_progress else None
        try:
            return self._farm().wait(job_id, on_progress=on_progress)
        except BaseException:
            self._cancel(job_id)
            raise

    def _cancel(self, job_id: str) -> None:
        """Request the cancellation of the job, and ignore failures."""
        retrier = Retrier(deadline=time.monotonic() + CANCEL_TIMEOUT_S, connect_timeout_s=0.0)
        with suppress(Problem), closing(self.connection.another()) as connection:
            _farm(connection, retrier).cancel(job_id)

    def _farm(self) -> FarmApi:
        return _farm(self.connection, self.retrier)


def _farm(connection: HttpConnection, retrier: Retrier) -> FarmApi:
    """Return the farm, whose calls share the retrier."""
    return FarmApi(RetriedRequests(connection), lambda _: retrier, timeout_s=0.0)


def _was_not_polled(job: Job) -> bool:
    return (job.get("problem") or {}).get("name") == JobNotPolled.name
