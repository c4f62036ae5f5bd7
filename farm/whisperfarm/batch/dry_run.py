"""What a batch would do, without doing it."""

import os
from collections.abc import Sequence

from whisperfarm.batch import plan
from whisperfarm.batch.outputs import Outputs
from whisperfarm.batch.plan import Step
from whisperfarm.batch.recording import MISSING_BYTES, Recording
from whisperfarm.output import print_line
from whisperfarm_contract.problems import MissingAudio


def print_plan(outputs: Outputs, steps: Sequence[Step]) -> int:
    """Print what would be sent, and what cannot be. Return 0, or the exit code of missing files."""
    todo = [step for step in steps if step.reason is not None]
    for step in todo:
        files = ", ".join(outputs.paths(step.row))
        print_line(f"{step.recording.location} -> {files} ({step.reason})")
    print_line(plan.describe(steps))
    missing = [path for step in todo for path in _missing(step.recording)]
    for path in missing:
        print_line(f"{path} does not exist", err=True)
    return MissingAudio.exit_code if missing else 0


def _missing(recording: Recording) -> list[str]:
    """Return the files of a recording that cannot be found."""
    if recording.size_bytes != MISSING_BYTES:
        return []
    legs = [str(leg.audio) for leg in recording.legs]
    return [path for path in legs if not os.path.exists(path)] or [recording.location]
