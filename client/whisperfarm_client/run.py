"""One run of the command: recording after recording, each from its file to its output files."""

import os
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import partial
from typing import Any

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
"""How long the farm may hold the question whether the job has ended."""

METER_WAIT_S = 2.0
"""The same when somebody watches the progress."""

LONGEST_MARGIN_S = 10.0
"""How long before the caller would kill us we give up ourselves, and cancel the job."""


def run(settings: Settings, *, started: float) -> int:
    """The exit code: 0, or that of the first failure. `started` is a time of the monotonic clock.

    Each recording is tried, and each failure is told in one line.
    """
    output.make_folder(settings.output_dir)
    line = Line(settings.address, key=settings.key, ca_file=settings.ca_file)
    with closing(line):
        return _run(Farm(line), settings, started)


def _run(farm: Farm, settings: Settings, started: float) -> int:
    exit_code, connect_s = 0, settings.connect_s
    for path in settings.audio:
        meter = Meter(sys.stderr, os.path.basename(path))
        patience = Patience(
            deadline=_deadline(settings, started),
            connect_s=connect_s,
            tell=partial(_tell_of_waiting, meter, path),
        )
        problem = _attempt(path, farm, patience, settings, meter)
        if problem is not None:
            print(errors.line(problem, about=path), file=sys.stderr)
            exit_code = exit_code or problem.exit_code
        if isinstance(problem, FarmUnavailable):
            connect_s = 0.0  # it was waited for once: once more per file would help nobody
    return exit_code


def _deadline(settings: Settings, started: float) -> float | None:
    ends = []
    if settings.timeout_s is not None:
        ends.append(time.monotonic() + settings.timeout_s)
    if settings.kill_after_s is not None:
        margin_s = min(LONGEST_MARGIN_S, settings.kill_after_s / 10)
        ends.append(started + settings.kill_after_s - margin_s)
    return min(ends, default=None)


def _tell_of_waiting(meter: Meter, path: str, reason: str) -> None:
    with suppress(OSError):  # nobody may listen any more; the job is worth waiting for all the same
        meter.clear()
        print(errors.waiting(reason, about=path), file=sys.stderr, flush=True)


def _attempt(
    path: str, farm: Farm, patience: Patience, settings: Settings, meter: Meter
) -> Problem | None:
    try:
        _transcribe(path, farm, patience, settings, meter)
    except Problem as problem:
        return problem
    except Exception as error:
        return errors.unforeseen(error)
    finally:
        meter.clear()
    return None


def _transcribe(
    path: str, farm: Farm, patience: Patience, settings: Settings, meter: Meter
) -> None:
    found = audio_file.find(path)
    job_id = farm.submit(found, settings.options, patience, meter.show)
    try:
        _refuse_failure(_followed(job_id, farm, patience, meter))
        document = results.read(farm.result(job_id, patience), silence_text=settings.silence_text)
        _write(document, found, settings)
    except Exception as error:
        errors.note_job(error, job_id)
        raise
    meter.clear()
    _print(document, settings.verbose)


def _write(document: Mapping[str, Any], found: Recording, settings: Settings) -> None:
    for file in results.files(document, settings.output_format, settings.layout):
        name = f"{found.stem}.{file.extension}"
        output.write(os.path.join(settings.output_dir, name), file.content)


def _followed(job_id: str, farm: Farm, patience: Patience, meter: Meter) -> Mapping[str, Any]:
    """The job once it has ended; when we give it up before that, it is cancelled."""
    wait_s = METER_WAIT_S if meter.is_shown else WAIT_S
    try:
        return farm.follow(job_id, patience, meter.show, wait_s=wait_s)
    except BaseException:
        farm.cancel(job_id)
        raise


def _refuse_failure(job: Mapping[str, Any]) -> None:
    if job["state"] == State.SUCCEEDED:
        return
    nameless = {"name": "job-ended", "detail": f"the job ended as {job['state']}"}
    raise problems.from_wire(job.get("problem") or nameless)


def _print(document: Mapping[str, Any], verbose: bool | None) -> None:
    """As `whisper` does; programs that read our output get it only when they ask for it."""
    if sys.stdout.isatty() if verbose is None else verbose:
        encoding = sys.stdout.encoding or "utf-8"
        for text in results.lines(document):
            print(text.encode(encoding, "replace").decode(encoding), flush=True)
