"""A batch from its recordings to its report."""

from collections.abc import Sequence
from contextlib import closing
from functools import partial

from whisperfarm.batch import names, plan, report, wiring
from whisperfarm.batch.dry_run import print_plan
from whisperfarm.batch.manifest import Manifest, Row, State, open_manifest
from whisperfarm.batch.plan import Planner, Step
from whisperfarm.batch.progress import show_progress
from whisperfarm.batch.recording import Recording
from whisperfarm.batch.request import Request
from whisperfarm.batch.sources.source import Source
from whisperfarm.output import print_line
from whisperfarm_client import output
from whisperfarm_contract.formats import get_format
from whisperfarm_contract.problems import MissingAudio


def transcribe(request: Request) -> int:
    """Transcribe what is not done yet. Return 0, or the exit code of the first failure.

    Raises the problem that ends the run before all recordings are done or failed.
    """
    found = list(request.source.recordings())
    if not found:
        raise MissingAudio(f"{request.source.name} has no recordings that match")
    with closing(_manifest(request)) as manifest:
        request.outputs.destination.claim(request.source.name, dry_run=request.dry_run)
        recordings = _without_outputs(request, manifest, found)
        steps = _plan(request, manifest, recordings)
        if request.dry_run:
            return print_plan(request.outputs, steps)
        manifest.save(*(step.row for step in steps))
        try:
            _run(request, manifest, steps)
        finally:
            rows = [manifest[one.path] for one in recordings]
            if request.summary is not None:
                report.write_summary(request.summary, rows, request.outputs, manifest.batch_id)
        return _conclude(rows)


def _manifest(request: Request) -> Manifest:
    """Open the manifest. A dry run creates none."""
    path = request.manifest_path
    if request.dry_run and not path.exists():
        return open_manifest(None, request.source.name)
    output.make_folder(str(path.parent))
    return open_manifest(path, request.source.name)


def _without_outputs(
    request: Request, manifest: Manifest, found: Sequence[Recording]
) -> list[Recording]:
    """Leave out what earlier runs have written: a pattern may match it."""
    written = {
        request.outputs.path(row, format)
        for row in manifest.rows().values()
        for format in filter(None, row.formats.split(","))
    }
    return [one for one in found if one.location not in written]


def _plan(request: Request, manifest: Manifest, recordings: Sequence[Recording]) -> list[Step]:
    known = manifest.rows()
    outputs = request.outputs
    named = names.assign(
        {one.path: outputs.place(one.path) for one in recordings},
        [get_format(format).extension for format in outputs.formats],
        assigned={path: row.name for path, row in known.items()},
    )
    planner = Planner(
        digest=partial(_digest, request.source),
        has_output=outputs.exist,
        retry_failed=request.retry_failed,
    )
    return [planner.step(one, known.get(one.path), name=named[one.path]) for one in recordings]


def _digest(source: Source, recording: Recording) -> str | None:
    try:
        return recording.digest or source.digest(recording)
    except MissingAudio:
        return None


def _run(request: Request, manifest: Manifest, steps: Sequence[Step]) -> None:
    todo = [step for step in steps if step.reason is not None]
    print_line(f"whisperfarm: batch {manifest.batch_id}: {plan.describe(steps)}", err=True)
    if todo:
        with (
            show_progress(len(todo)) as progress,
            wiring.opened_run(request, manifest, todo, progress) as run,
        ):
            run.run(todo)
        print_line(f"whisperfarm: {progress.summary()}", err=True)


def _conclude(rows: Sequence[Row]) -> int:
    report.print_failures(rows)
    return next((row.exit_code for row in rows if row.state is State.FAILED), 0)
