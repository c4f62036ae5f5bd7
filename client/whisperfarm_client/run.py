"""One run of the command: transcribes one recording after the other and writes the output files."""

import os
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import partial
from typing import Any, NamedTuple

from whisperfarm_client import audio_file, errors, output, output_names, results, terminal
from whisperfarm_client.api import FarmApi
from whisperfarm_client.audio_file import AudioFile
from whisperfarm_client.farm_documents import Job, problem_of
from whisperfarm_client.retried_requests import RetriedRequests
from whisperfarm_client.retry import Retrier
from whisperfarm_client.settings import Settings
from whisperfarm_client.terminal import ProgressLine
from whisperfarm_client.transport import HttpConnection
from whisperfarm_contract.problems import FarmUnavailable, JobNotPolled, Problem
from whisperfarm_contract.states import JobState

CANCEL_TIMEOUT_S = 2.0
"""Timeout of the request that cancels a job: it delays the end of the command."""

MAX_MARGIN_S = 10.0
"""The job is cancelled at most this long before the caller kills this process."""


def run(settings: Settings, *, started: float) -> int:
    """Transcribe every recording. Returns 0 or the exit code of the first failure.

    Prints one line per failure. Ends at the first recording for which the farm is unavailable.
    `started` is the time of the process's start by the monotonic clock.
    """
    output_names.check_distinct(settings.audio, settings.output_dir, settings.output_format)
    output.make_folder(settings.output_dir)
    connection = HttpConnection(settings.address, key=settings.key, ca_file=settings.ca_file)
    with closing(connection):
        return _transcribe_all(RetriedRequests(connection), settings, started)


def _transcribe_all(requests: RetriedRequests, settings: Settings, started: float) -> int:
    exit_code = 0
    for number, path in enumerate(settings.audio, start=1):
        progress_line = ProgressLine(sys.stderr, os.path.basename(path))
        retrier = Retrier(
            deadline=_deadline(settings, started),
            connect_timeout_s=settings.connect_timeout_s,
            notify=partial(_print_waiting, progress_line, path),
        )
        problem = _Transcription(path, requests, retrier, settings, progress_line).run()
        if problem is not None:
            terminal.print_error(errors.format_problem(problem, subject=path))
            exit_code = exit_code or problem.exit_code
        if problem is not None and _is_farm_unavailable(problem, retrier):
            _print_unsent(problem, len(settings.audio) - number)
            break
    return exit_code


def _is_farm_unavailable(problem: Problem, retrier: Retrier) -> bool:
    """Whether the next recordings would fail as well, after the same wait."""
    is_unreachable = isinstance(problem, FarmUnavailable) and not retrier.is_accepted
    return is_unreachable or retrier.has_given_up


def _print_unsent(problem: Problem, count: int) -> None:
    if count:
        text = "1 more recording was" if count == 1 else f"{count} more recordings were"
        terminal.print_error(f"whisper-remote: {problem.name}: {text} not sent")


def _deadline(settings: Settings, started: float) -> float | None:
    deadlines = []
    if settings.timeout_s is not None:
        deadlines.append(time.monotonic() + settings.timeout_s)
    if settings.deadline_s is not None:
        margin_s = min(MAX_MARGIN_S, settings.deadline_s / 10)
        deadlines.append(started + settings.deadline_s - margin_s)
    return min(deadlines, default=None)


def _print_waiting(progress_line: ProgressLine, path: str, reason: str) -> None:
    progress_line.clear()
    terminal.print_error(errors.format_waiting(reason, subject=path))


class _Transcription(NamedTuple):
    """The transcription of one recording, from the audio file to the output files."""

    path: str
    requests: RetriedRequests
    retrier: Retrier
    settings: Settings
    progress_line: ProgressLine

    def run(self) -> Problem | None:
        """Transcribe the recording. Returns the problem if that failed."""
        try:
            self._transcribe()
        except Problem as problem:
            return problem
        except Exception as error:
            return errors.unexpected(error)
        finally:
            self.progress_line.clear()
        return None

    def _transcribe(self) -> None:
        audio = audio_file.open_audio(self.path)
        output_names.check_writable(
            output_names.output_paths(
                self.path, self.settings.output_dir, self.settings.output_format
            )
        )
        while not self._finish(self._submit(audio)):
            pass  # the job was not polled while this process or its network was suspended

    def _submit(self, audio: AudioFile) -> str:
        return self._farm(self.retrier).submit(
            audio, self.settings.options, on_progress=self.progress_line.update
        )["id"]

    def _finish(self, job_id: str) -> bool:
        """Write the outputs of the job once it has ended.

        Returns False if the farm has cancelled it because it was not polled.
        """
        try:
            job = self._wait(job_id)
            if _was_not_polled(job):
                return False
            document = self._result(job)
            self._write(document)
        except Exception as error:
            errors.attach_job_id(error, job_id)
            raise
        self.progress_line.clear()
        _print_warnings(document, self.path, self.settings.verbose)
        _print(document, self.settings.verbose)
        return True

    def _result(self, job: Job) -> Mapping[str, Any]:
        """Return the transcript. Raises the problem of a job that did not succeed."""
        if job["state"] != JobState.SUCCEEDED:
            raise problem_of(job)
        body = self._farm(self.retrier).result(job["id"])
        return results.read(body, silence_text=self.settings.silence_text)

    def _wait(self, job_id: str) -> Job:
        """Return the finished job; cancel it if waiting ends earlier, for example by a signal."""
        on_progress = self.progress_line.update if self.progress_line.is_shown else None
        try:
            return self._farm(self.retrier).wait(job_id, on_progress=on_progress)
        except BaseException:
            self._cancel(job_id)
            raise

    def _cancel(self, job_id: str) -> None:
        """Request the cancellation of the job, and ignore failures."""
        deadline = time.monotonic() + CANCEL_TIMEOUT_S
        with suppress(Problem):
            self._farm(Retrier(deadline=deadline, connect_timeout_s=0.0)).cancel(job_id)

    def _farm(self, retrier: Retrier) -> FarmApi:
        """Return the farm, whose calls share the retrier."""
        return FarmApi(self.requests, lambda _: retrier, timeout_s=0.0)

    def _write(self, document: Mapping[str, Any]) -> None:
        for file in results.files(
            document, self.settings.output_format, self.settings.subtitle_options
        ):
            path = output_names.output_path(self.path, self.settings.output_dir, file.extension)
            output.write(path, file.content)


def _was_not_polled(job: Job) -> bool:
    return (job.get("problem") or {}).get("name") == JobNotPolled.name


def _print_warnings(document: Mapping[str, Any], path: str, verbose: bool | None) -> None:
    """Print the warnings of the transcript, which most formats lack, unless `--verbose False`."""
    if verbose is not False:
        for warning in document["warnings"]:
            terminal.print_error(errors.format_warning(warning, subject=path))


def _print(document: Mapping[str, Any], verbose: bool | None) -> None:
    """Print the segments as `whisper` does; by default only if stdout is a terminal."""
    if sys.stdout.isatty() if verbose is None else verbose:
        for text in results.lines(document):
            terminal.print_line(text)
