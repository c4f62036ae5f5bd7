"""The transcription of one recording, from the file to the output files."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from whisperfarm.watch.layout import Recording
from whisperfarm.watch.scan import Version, version
from whisperfarm.watch.settings import WatchSettings
from whisperfarm.watch.state import End, State
from whisperfarm_client import Farm, Leg
from whisperfarm_client.farm_documents import problem_of
from whisperfarm_contract import formats
from whisperfarm_contract.problems import IdempotencyConflict, Problem
from whisperfarm_contract.states import JobState

_EDGE_BYTES = 64 * 1024
_OF_THE_FILE = frozenset({65, 66})
"""Exit codes of problems with a recording, as opposed to those with the farm or the settings."""


class Result(NamedTuple):
    """How the recording ended. `problem` says why it failed."""

    end: End
    job_id: str | None = None
    problem: Problem | None = None


def transcribe(
    farm: Farm, recording: Recording, settings: WatchSettings, state: State
) -> Result | None:
    """Transcribe the recording and write its output files.

    Returns `None` if the file changed meanwhile, or had gone before it was submitted. Raises the
    problem of the farm or of the output folder if the recording is not the reason of a failure, and
    `OSError`.
    """
    if _has_changed(recording, settings):
        return None
    try:
        job_id = _submit(farm, recording, settings)
    except Problem as problem:
        if problem.exit_code not in _OF_THE_FILE and not isinstance(problem, IdempotencyConflict):
            raise
        changed = _has_changed(recording, settings)
        return None if changed else _failed(problem, None, recording, state)
    if _has_changed(recording, settings, may_be_gone=True):
        farm.cancel(job_id)
        return None
    # A file that has gone is transcribed all the same: it may be on a network folder that is
    # unavailable, and would then be submitted with the key of a job that was cancelled.
    job = farm.wait(job_id)
    if job["state"] != JobState.SUCCEEDED:
        return _failed(problem_of(job), job_id, recording, state)
    _write(farm, job_id, recording, settings, state)
    return Result("done", job_id)


def job_options(recording: Recording, settings: WatchSettings) -> dict[str, str]:
    """Return the options of the job: the operator's ones take precedence over the layout's.

    Options for the channels of calls become those of their legs.
    """
    options = {**recording.options, **settings.options}
    if not recording.leg_offsets_s:
        return options
    named = options.pop("channel_names", None)
    if options.get("channels") == "speakers":
        del options["channels"]
    if named:
        options["leg_name"] = named
    return options


def idempotency_key(
    path: Path, *, name: str, file_version: Version, options: Mapping[str, str]
) -> str:
    """Return a key that is the same after a restart and in another watcher.

    It depends on the beginning and the end of the file, because two folders may have files of the
    same name, size and time.
    """
    digest = hashlib.sha256(json.dumps([name, file_version, sorted(options.items())]).encode())
    with path.open("rb") as file:
        digest.update(file.read(_EDGE_BYTES))
        file.seek(max(0, file_version.size_bytes - _EDGE_BYTES))
        digest.update(file.read(_EDGE_BYTES))
    return f"watch-{digest.hexdigest()}"


def _has_changed(
    recording: Recording, settings: WatchSettings, *, may_be_gone: bool = False
) -> bool:
    versions = ((version(settings.intake / file.path), file.version) for file in recording.sent)
    return any(now != sent and not (may_be_gone and now is None) for now, sent in versions)


def _submit(farm: Farm, recording: Recording, settings: WatchSettings) -> str:
    options = job_options(recording, settings)
    paths = [settings.intake / file.path for file in recording.sent]
    keys = [
        idempotency_key(path, name=file.path, file_version=file.version, options=options)
        for path, file in zip(paths, recording.sent, strict=True)
    ]
    if not recording.leg_offsets_s:
        return farm.submit(paths[0], options, idempotency_key=keys[0])["id"]
    names = [*options.pop("leg_name", "").split(","), *("" for _ in paths)]
    legs = [
        Leg(path, offset_s, name)
        for path, offset_s, name in zip(paths, recording.leg_offsets_s, names, strict=False)
    ]
    key = f"watch-{hashlib.sha256(''.join(keys).encode()).hexdigest()}"
    return farm.submit_call(legs, options, idempotency_key=key)["id"]


def _write(
    farm: Farm, job_id: str, recording: Recording, settings: WatchSettings, state: State
) -> None:
    name = state.output_name(recording.file.path)
    for format_name in settings.formats:
        extension = formats.get_format(format_name).extension
        state.write(Path(f"{name}.{extension}"), farm.result(job_id, format_name))
    Path(f"{name}.error.txt").unlink(missing_ok=True)


def _failed(problem: Problem, job_id: str | None, recording: Recording, state: State) -> Result:
    name = state.output_name(recording.file.path)
    job = "" if job_id is None else f" (job {job_id})"
    text = f"{problem.name}: {problem.detail}{job}\n"
    state.write(Path(f"{name}.error.txt"), text.encode(errors="replace"))
    return Result("failed", job_id, problem)
