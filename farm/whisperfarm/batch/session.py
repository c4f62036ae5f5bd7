"""A batch from its recordings to its report."""

import threading
from collections.abc import Sequence
from contextlib import closing
from functools import partial

from whisperfarm.batch import names, plan, report
from whisperfarm.batch.collector import Collector
from whisperfarm.batch.farms import Farms
from whisperfarm.batch.manifest import Manifest, Row, State, open_manifest
from whisperfarm.batch.pace import Pace, Stopped
from whisperfarm.batch.plan import Planner, Step
from whisperfarm.batch.progress import BatchProgress, show_progress
from whisperfarm.batch.recording import Recording
from whisperfarm.batch.request import Request
from whisperfarm.batch.run import Run
from whisperfarm.batch.sender import Sender
from whisperfarm.batch.sources.source import Source
from whisperfarm.batch.watcher import Watcher
from whisperfarm.output import print_line
from whisperfarm_client import output
from whisperfarm_client.settings import Connection
from whisperfarm_contract.formats import get_format
from whisperfarm_contract.problems import MissingAudio


def transcribe(request: Request, where: Connection, *, timeout_s: float) -> int:
    """Transcribe what is not done yet. Return 0, or the exit code of the first failure.

    Raises the problem that ends the run before all recordings are done or failed.
    """
    recordings = list(request.source.recordings())
    if not recordings:
        raise MissingAudio(f"{request.source.name} has no recordings that match")
    with closing(_manifest(request)) as manifest:
        steps = _plan(request, manifest, recordings)
        if request.dry_run:
            _print_plan(request, steps)
            return 0
        manifest.save(*(step.row for step in steps))
        try:
            _run(request, manifest, steps, where, timeout_s)
        finally:
            _write_summary(request, manifest, recordings)
        return _conclude([manifest[one.path] for one in recordings])


def _manifest(request: Request) -> Manifest:
    path = request.manifest_path
    if not request.dry_run:
        output.make_folder(str(path.parent))
    is_needed = path.exists() or not request.dry_run
    return open_manifest(path if is_needed else None, request.source.name)


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
    return [
        planner.step(one, known.get(one.path), name=named[one.path]) for one in recordings
    ]


def _digest(source: Source, recording: Recording) -> str | None:
    try:
        return recording.digest or source.digest(recording)
    except MissingAudio:
        return None


def _print_plan(request: Request, steps: Sequence[Step]) -> None:
    for step in steps:
        if step.reason is not None:
            files = ", ".join(request.outputs.paths(step.row))
            print_line(f"{step.recording.location} -> {files} ({step.reason})")
    print_line(plan.describe(steps))


def _run(
    request: Request,
    manifest: Manifest,
    steps: Sequence[Step],
    where: Connection,
    timeout_s: float,
) -> None:
    todo = [step for step in steps if step.reason is not None]
    print_line(f"whisperfarm: batch {manifest.batch_id}: {plan.describe(steps)}", err=True)
    if not todo:
        return
    with show_progress(len(todo)) as progress:
        _wire(request, manifest, todo, where, timeout_s, progress).run(todo)
    print_line(f"whisperfarm: {progress.summary()}", err=True)


def _wire(
    request: Request,
    manifest: Manifest,
    todo: Sequence[Step],
    where: Connection,
    timeout_s: float,
    progress: BatchProgress,
) -> Run:
    """Build the parts of a run."""
    stopping = threading.Event()
    jobs = sum(step.row.state is State.SUBMITTED for step in todo)
    pace = Pace(senders=request.senders, max_jobs=request.max_jobs, jobs=jobs)

    def sleep(pause_s: float) -> None:
        if stopping.wait(pause_s):
            raise Stopped

    connect = partial(Farms, where=where, timeout_s=timeout_s, notify=progress.waiting)
    asking = connect(sleep=sleep)
    return Run(
        sender=Sender(
            source=request.source,
            manifest=manifest,
            farms=connect(sleep=pace.hold),
            pace=pace,
            outputs=request.outputs,
            options=request.options,
        ),
        watcher=Watcher(farms=asking, batch_id=manifest.batch_id),
        collector=Collector(manifest=manifest, farms=asking, outputs=request.outputs),
        pace=pace,
        progress=progress,
        stopping=stopping,
        senders=request.senders,
    )


def _write_summary(
    request: Request, manifest: Manifest, recordings: Sequence[Recording]
) -> None:
    if request.summary is not None:
        rows = [manifest[one.path] for one in recordings]
        report.write_summary(request.summary, rows, request.outputs, manifest.batch_id)


def _conclude(rows: Sequence[Row]) -> int:
    report.print_failures(rows)
    failed = [row for row in rows if row.state is State.FAILED]
    return failed[0].exit_code if failed else 0
