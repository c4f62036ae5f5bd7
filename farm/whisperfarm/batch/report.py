"""What a batch has come to: the table of failures, and a file about all recordings."""

import csv
import io
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from whisperfarm.batch.manifest import Row, State
from whisperfarm.batch.outputs import Outputs
from whisperfarm.output import print_line
from whisperfarm.remote.output import print_table
from whisperfarm_client import output
from whisperfarm_contract.problems import InvalidOption

MAX_FAILURES = 50
"""Most failures in the printed table."""

_FORMATS = ("csv", "json")
_COLUMNS = ("path", "state", "outputs", "job", "audio_s", "problem", "detail")
_FAILURES = ("FAILED", "JOB", "PROBLEM", "DETAIL")


def check_summary(path: Path) -> None:
    """Raise `InvalidOption` if the name of the file does not say its format."""
    if path.suffix.removeprefix(".") not in _FORMATS:
        raise InvalidOption(f"--summary {path}: give a file whose name ends in .csv or .json")


def write_summary(path: Path, rows: Collection[Row], outputs: Outputs, batch_id: str) -> None:
    """Write one row for each recording. Raises `OutputNotWritable`."""
    lines = [dict(zip(_COLUMNS, _members(row, outputs), strict=True)) for row in rows]
    if path.suffix == ".json":
        states = [row.state for row in rows]
        counts = {str(state): states.count(state) for state in State}
        content = json.dumps({"batch": batch_id, "counts": counts, "recordings": lines}, indent=2)
    else:
        content = _csv(lines)
    output.make_folder(str(path.parent))
    output.write(str(path), content.encode("utf-8", errors="backslashreplace"))


def print_failures(rows: Collection[Row]) -> None:
    """Print the recordings that failed, if there are any."""
    found = [row for row in rows if row.state is State.FAILED]
    if found:
        cells = [
            [row.path, row.job_id or "", row.problem or "", row.detail or ""]
            for row in found[:MAX_FAILURES]
        ]
        print_table(_FAILURES, cells)
    if len(found) > MAX_FAILURES:
        print_line(f"... and {len(found) - MAX_FAILURES} more; --summary FILE has all of them")


def _members(row: Row, outputs: Outputs) -> Iterator[Any]:
    is_done = row.state is State.DONE
    yield from (row.path, str(row.state), outputs.paths(row) if is_done else [])
    yield from (row.job_id, row.audio_s, row.problem, row.detail)


def _csv(lines: list[dict[str, Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS)
    writer.writeheader()
    writer.writerows({**line, "outputs": " ".join(line["outputs"])} for line in lines)
    return text.getvalue()
