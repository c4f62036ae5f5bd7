"""`whisperfarm jobs revisions`, `correct` and `approve`: what people change in transcripts."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm.remote.output import format_flag, print_json, print_table
from whisperfarm_client.farm_documents import Revision
from whisperfarm_contract.problems import InvalidCorrection

_HEAD = ("REVISION", "KIND", "PARENT", "AUTHOR", "MADE", "TAGS", "NOTE")


@click.command()
@click.argument("job_id", metavar="JOB")
@format_flag
@farm_flags
def revisions(job_id: str, output_format: str, **farm: Any) -> None:
    """List the revisions of a job's transcript.

    `*` marks the one that `jobs result` prints: the newest approved one, else the newest corrected
    one, else the machine's.
    """
    with open_farm(**farm) as remote:
        answer = remote.revisions(job_id)
    if output_format == "json":
        print_json(answer)
    else:
        _print(answer["revisions"], default=answer["default"])


@click.command()
@click.argument("job_id", metavar="JOB")
@click.option(
    "--file", "-f", "file", type=click.File(encoding="utf-8"), required=True,
    help="JSON file with the correction, or with the list of its operations; -: standard input.",
)  # fmt: skip
@click.option(
    "--parent", type=click.IntRange(min=1), metavar="N",
    help="Revision that is corrected, unless the file names it.",
)  # fmt: skip
@format_flag
@farm_flags
def correct(job_id: str, file: Any, parent: int | None, output_format: str, **farm: Any) -> None:
    """Correct a transcript: apply operations, and store the outcome as another revision.

    If another correction has followed the parent in the meantime, nothing is changed, and the
    command ends with the exit code 75.

    \b
      whisperfarm jobs correct JOB --parent 1 --file operations.json
    """
    correction = _read(file.read(), Path(file.name).name, parent)
    with open_farm(**farm) as remote:
        made = remote.correct(job_id, correction)
    _print_one(made, output_format)


@click.command()
@click.argument("job_id", metavar="JOB")
@click.option(
    "--revision", type=click.IntRange(min=1), metavar="N",
    help="Revision to approve.  [default: the newest]",
)  # fmt: skip
@click.option("--note", help="Note on the approval.")
@format_flag
@farm_flags
def approve(
    job_id: str, revision: int | None, note: str | None, output_format: str, **farm: Any
) -> None:
    """Approve a revision of a transcript. It becomes the job's result."""
    with open_farm(**farm) as remote:
        if revision is None:
            revision = remote.revisions(job_id)["revisions"][-1]["number"]
        made = remote.approve(job_id, revision, note=note)
    _print_one(made, output_format)


def _read(text: str, name: str, parent: int | None) -> dict[str, Any]:
    """Return the correction in a file. Raises `InvalidCorrection`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidCorrection(f"{name} is not JSON ({error})") from None
    correction = {"operations": document} if isinstance(document, list) else document
    if not isinstance(correction, dict):
        raise InvalidCorrection(f"{name} has neither a correction nor a list of operations")
    named = correction.setdefault("parent", parent)
    if parent is not None and named != parent:
        raise InvalidCorrection(f"{name} names the parent {named}; omit --parent")
    return correction


def _print_one(made: Revision, output_format: str) -> None:
    if output_format == "json":
        print_json(made)
    else:
        _print([made], default=None)


def _print(listed: Sequence[Revision], *, default: int | None) -> None:
    print_table(_HEAD, [list(_row(one, is_default=one["number"] == default)) for one in listed])


def _row(revision: Revision, *, is_default: bool) -> Iterator[str]:
    parent = revision.get("parent")
    yield f"{revision['number']}{' *' if is_default else ''}"
    yield from (revision["kind"], "" if parent is None else str(parent))
    yield from (revision["author"], revision["created_at"])
    yield from (", ".join(revision["tags"]), revision.get("note") or "")
