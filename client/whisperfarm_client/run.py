"""One run of the command: transcribes one recording after the other and writes the output files."""

import os
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import partial
from typing import Any, NamedTuple

from whisperfarm_client import audio_file, errors, output, results
from whisperfarm_client.api import Farm
from whisperfarm_client.audio_file import Recording
from whisperfarm_client.retry import Patience
from whisperfarm_client.settings import Settings
from whisperfarm_client.terminal import Meter
from whisperfarm_client.transport import Line
from whisperfarm_contract import problems
from whisperfarm_contract.problems import FarmUnavailable, Problem
from whisperfarm_contract.states import State

WAIT_S = 20.0
"""The `wait` of each request for the job's state, in seconds."""

METER_WAIT_S = 2.0
"""The same when a progress line is shown."""

LONGEST_MARGIN_S = 10.0
"""The job is cancelled at most this long before the caller kills this process."""


def run(settings: Settings, *, started: float) -> int:
    """Transcribe every recording. Returns 0 or the exit code of the first failure.

    Prints one line per failure. `started` is the time of the process's start by the monotonic
    clock.
    """
    output.make_folder(settings.output_dir)
    line = Line(settings.address, key=settings.key, ca_file=settings.ca_file)
    with closing(line):
        return _transcribe_all(Farm(line), settings, started)


def _transcribe_all(api: Farm, settings: Settings, started: float) -> int:
    exit_code, connect_s = 0, settings.connect_s
    for path in settings.audio:
        meter = Meter(sys.stderr, os.path.basename(path))
        patience = Patience(
            deadline=_deadline(settings, started),
            connect_s=connect_s,
            tell=partial(_print_waiting, meter, path),
        )
        problem = _Transcription(path, api, patience, settings, meter).run()
        if problem is not None:
            print(errors.line(problem, about=path), file=sys.stderr)
            exit_code = exit_code or problem.exit_code
        if isinstance(problem, FarmUnavailable):
            connect_s = 0.0  # The timeout is spent once per run, not once per recording.
    return exit_code


def _deadline(settings: Settings, started: float) -> float | None:
    deadlines = []
    if settings.timeout_s is not None:
        deadlines.append(time.monotonic() + settings.timeout_s)
    if settings.kill_after_s is not None:
        margin_s = min(LONGEST_MARGIN_S, settings.kill_after_s / 10)
        deadlines.append(started + settings.kill_after_s - margin_s)
    return min(deadlines, default=None)


def _print_waiting(meter: Meter, path: str, reason: str) -> None:
    with suppress(OSError):  # stderr may be closed; the job continues all the same
        meter.clear()
        print(errors.waiting(reason, about=path), file=sys.stderr, flush=True)


class _Transcription(NamedTuple):
    """The transcription of one recording, from the audio file to the output files."""

    path: str
    api: Farm
    patience: Patience
    settings: Settings
    meter: Meter

    def run(self) -> Problem | None:
        """Transcribe the recording. Returns the problem if that failed."""
        try:
            self._transcribe()
        except Problem as problem:
            return problem
        except Exception as error:
            return errors.unforeseen(error)
        finally:
            self.meter.clear()
        return None

    def _transcribe(self) -> None:
        audio = audio_file.find(self.path)
        job_id = self.api.submit(audio, self.settings.options, self.patience, self.meter.show)
        try:
            document = self._result(job_id)
            self._write(document, audio)
        except Exception as error:
            errors.note_job(error, job_id)
            raise
        self.meter.clear()
        _print(document, self.settings.verbose)

    def _result(self, job_id: str) -> Mapping[str, Any]:
        _raise_if_failed(self._wait(job_id))
        body = self.api.result(job_id, self.patience)
        return results.read(body, silence_text=self.settings.silence_text)

    def _wait(self, job_id: str) -> Mapping[str, Any]:
        """Return the finished job; cancel it if waiting ends earlier, for example by a signal."""
        wait_s = METER_WAIT_S if self.meter.is_shown else WAIT_S
        try:
            return self.api.follow(job_id, self.patience, self.meter.show, wait_s=wait_s)
        except BaseException:
            self.api.cancel(job_id)
            raise

    def _write(self, document: Mapping[str, Any], audio: Recording) -> None:
        for file in results.files(document, self.settings.output_format, self.settings.layout):
            name = f"{audio.stem}.{file.extension}"
            output.write(os.path.join(self.settings.output_dir, name), file.content)


def _raise_if_failed(job: Mapping[str, Any]) -> None:
    if job["state"] == State.SUCCEEDED:
        return
    unnamed = {"name": "job-ended", "detail": f"the job ended as {job['state']}"}
    raise problems.from_wire(job.get("problem") or unnamed)


def _print(document: Mapping[str, Any], verbose: bool | None) -> None:
    """Print the segments as `whisper` does; by default only if stdout is a terminal."""
    if sys.stdout.isatty() if verbose is None else verbose:
        encoding = sys.stdout.encoding or "utf-8"
        for text in results.lines(document):
            print(text.encode(encoding, "replace").decode(encoding), flush=True)
