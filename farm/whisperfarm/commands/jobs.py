"""`whisperfarm jobs`: finds, shows, cancels and retries the jobs of a farm by its URL."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click
from markupsafe import Markup

from whisperfarm.console import report_problem
from whisperfarm.lazy_group import LazyGroup
from whisperfarm.output import print_line, write_file
from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm.remote.job_filters import filter_flags, pop_filters
from whisperfarm.remote.output import format_flag, print_json, print_table
from whisperfarm_client.farm_documents import Job
from whisperfarm_contract.problems import Problem
from whisperfarm_dispatcher.api.documents import RESULT_FORMATS, WORD_DOCUMENTS

_HEAD = ("ID", "STATE", "MODEL", "SUBMITTED", "AUDIO", "REFERENCE", "FILE", "PROBLEM")
_job_ids = click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)


_FURTHER: Mapping[str, str] = MappingProxyType(
    {
        "rerun": "whisperfarm.commands.rerun",
        **dict.fromkeys(("revisions", "correct", "approve"), "whisperfarm.commands.revisions"),
        **dict.fromkeys(("hold", "release"), "whisperfarm.commands.holds"),
        "erase": "whisperfarm.commands.erasure",
    }
)
"""The modules of further commands."""


@click.group(cls=LazyGroup, modules=_FURTHER)
def jobs() -> None:
    """Find, show, cancel and retry jobs.

    These commands ask a farm by its URL, and need no access to its machines. They see the jobs of
    the tenant that the API key belongs to. If a command fails, it prints one line with the name of
    the problem, and its exit code is that of the problem: 64 for an unknown job, 69 if the farm is
    unavailable, 75 if it is busy, and 77 if the key is not valid or does not permit the command.
    """


@jobs.command("list")
@filter_flags
@click.option(
    "--text", metavar="WORDS",
    help='Jobs with these words in the transcript: words, "phrases", starts such as refun*.',
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, metavar="N",
    help="Most jobs to list.",
)  # fmt: skip
@format_flag
@farm_flags
def list_jobs(text: str | None, limit: int, output_format: str, **values: Any) -> None:
    """List jobs, newest first.

    All filters that are given must match. TIME is a time of RFC 3339 such as 2024-11-20T16:26:40Z
    or 2024-11-20T17:26:40+01:00.

    \b
      whisperfarm jobs list --state failed --from 2024-11-20T00:00:00Z
      whisperfarm jobs list --reference call-17 --format json
      whisperfarm jobs list --metadata agent=A7 --metadata queue=sales
      whisperfarm jobs list --text '"my order" refun*'
    """
    filters = pop_filters(values)
    if text is not None:
        filters = {**filters, "text": text}
    with open_farm(**values) as remote:
        found = list(remote.jobs(filters, limit=limit))
    print_jobs(found, output_format)


@jobs.command()
@click.argument("job_id", metavar="JOB")
@format_flag
@farm_flags
def show(job_id: str, output_format: str, **farm: Any) -> None:
    """Show a job with all of its members, and what became of it at the farm's hub."""
    with open_farm(**farm) as remote:
        job: dict[str, Any] = {**remote.job(job_id)}
        forward = remote.forward(job_id)
    if forward is not None:
        job["forward"] = forward
    if output_format == "json":
        print_json(job)
    else:
        for name, value in _flat(job):
            print_line(f"{name:<28} {'-' if value is None else value}")


@jobs.command()
@_job_ids
@format_flag
@farm_flags
def cancel(job_ids: tuple[str, ...], output_format: str, **farm: Any) -> None:
    """Cancel queued and running jobs.

    A job that has ended is unchanged; its state is printed.
    """
    with open_farm(**farm) as remote:
        for_each(job_ids, remote.cancel, output_format)


@jobs.command()
@_job_ids
@format_flag
@farm_flags
def retry(job_ids: tuple[str, ...], output_format: str, **farm: Any) -> None:
    """Run jobs again that failed or were cancelled.

    For each, the farm submits a new job with the stored recording, the same options and the same
    labels, and the command prints the new job. The old one is unchanged. A job whose recording was
    deleted cannot run again.
    """
    with open_farm(**farm) as remote:
        for_each(job_ids, remote.retry, output_format)


@jobs.command()
@click.argument("job_id", metavar="JOB")
@click.option(
    "--format", "result_format", type=click.Choice(list(RESULT_FORMATS)), default="txt",
    show_default=True,
    help="Format of the transcript.",
)  # fmt: skip
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path),
    help="File to write the transcript to, unchanged.",
)  # fmt: skip
@click.option(
    "--redact", metavar="KINDS",
    help="Kinds of data to mask, separated by commas: card, iban, national-id, email, phone,"
    " number, or all for those of persons.",
)  # fmt: skip
@click.option(
    "--revision", type=click.IntRange(min=1), metavar="N",
    help="Revision of the transcript.  [default: the newest approved, else corrected one]",
)  # fmt: skip
@farm_flags
def result(
    job_id: str,
    result_format: str,
    output: Path | None,
    redact: str | None,
    revision: int | None,
    **farm: Any,
) -> None:
    """Print the transcript of a job.

    The formats docx and docx-court are files and need --output. The format vcon is JSON: the
    speakers, the recording without its audio, and the transcript, by the IETF's draft of vCon.

    On a terminal, characters that control it are escaped. The exit code is that of the problem if
    the job has no transcript.
    """
    if result_format in WORD_DOCUMENTS and output is None:
        raise click.UsageError(f"{result_format} is a file: name it with --output")
    with open_farm(**farm) as remote:
        given = {"redact": redact, "revision": revision}
        chosen = {name: value for name, value in given.items() if value}
        transcript = remote.result(job_id, result_format, **chosen)
    if output is not None:
        write_file(output, transcript)
    elif sys.stdout.isatty():
        for line in transcript.decode().splitlines():
            print_line(line)
    else:
        click.echo(transcript, nl=False)


def for_each(
    job_ids: Sequence[str],
    request: Callable[[str], Job],
    output_format: str,
    *,
    done: Callable[[Mapping[str, Any]], str] | None = None,
) -> None:
    """Send a request for each job, print the jobs of the answers, and report the problems.

    With `done`, a line says of each job what was done to it, instead of the table.
    Exits with the code of the first problem, if there is one.
    """
    answers: list[Job] = []
    exit_codes: list[int] = []
    for job_id in job_ids:
        try:
            answers.append(request(job_id))
        except Problem as problem:
            report_problem(problem)
            exit_codes.append(problem.exit_code)
    if done is not None and output_format == "table":
        for job in answers:
            print_line(f"{job['id']}  {done(job)}")
    elif answers:
        print_jobs(answers, output_format)
    sys.exit(next(iter(exit_codes), 0))


def print_jobs(found: Sequence[Mapping[str, Any]], output_format: str) -> None:
    """Print jobs as a table or as JSON."""
    if output_format == "json":
        print_json({"jobs": found})
    else:
        rows = [list(_row(job)) for job in found]
        if any("excerpt" in job for job in found):
            excerpts = [_plain(job.get("excerpt", "")) for job in found]
            rows = [[*row, one] for row, one in zip(rows, excerpts, strict=True)]
            print_table((*_HEAD, "EXCERPT"), rows)
        else:
            print_table(_HEAD, rows)


def _row(job: Mapping[str, Any]) -> Iterator[str]:
    length_s = job["audio"].get("duration_s")
    yield from (job["id"], job["state"], job["model"], job["created_at"])
    yield "" if length_s is None else f"{length_s:.1f} s"
    yield from (job.get("reference") or "", job["audio"]["filename"])
    yield (job.get("problem") or {}).get("name", "")


def _plain(html: str) -> str:
    return Markup(html).striptags()  # noqa: S704 - it becomes plain text


def _flat(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the members of an object, and of the objects in it, under names such as `audio.key`."""
    for name, value in document.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
