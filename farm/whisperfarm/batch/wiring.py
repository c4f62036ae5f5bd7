"""Builds the parts of a run."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial

from whisperfarm.batch.collector import Collector
from whisperfarm.batch.farms import Farms
from whisperfarm.batch.manifest import Manifest, State
from whisperfarm.batch.plan import Step
from whisperfarm.batch.progress import BatchProgress
from whisperfarm.batch.request import Request
from whisperfarm.batch.run import Run
from whisperfarm.batch.sender import Sender
from whisperfarm.batch.watcher import Watcher
from whisperfarm_client.errors import Stopped
from whisperfarm_client.pace import Pace


@contextmanager
def opened_run(
    request: Request, manifest: Manifest, todo: Sequence[Step], progress: BatchProgress
) -> Iterator[Run]:
    """Have the run for what is to be done, and its connections, for the block."""
    stopping = threading.Event()
    jobs = sum(step.row.state is State.SUBMITTED for step in todo)
    pace = Pace(senders=request.senders, max_jobs=request.max_jobs, jobs=jobs)

    def sleep(pause_s: float) -> None:
        if stopping.wait(pause_s):
            raise Stopped

    farms = partial(Farms, where=request.farm, timeout_s=request.timeout_s, notify=progress.waiting)
    with closing(farms(sleep=pace.hold)) as sending, closing(farms(sleep=sleep)) as reading:
        sender = Sender(
            source=request.source,
            manifest=manifest,
            farms=sending,
            pace=pace,
            outputs=request.outputs,
            options=request.options,
        )
        yield Run(
            sender=sender,
            watcher=Watcher(farms=reading, batch_id=manifest.batch_id),
            collector=Collector(manifest=manifest, farms=reading, outputs=request.outputs),
            pace=pace,
            progress=progress,
            stopping=stopping,
            senders=request.senders,
        )
