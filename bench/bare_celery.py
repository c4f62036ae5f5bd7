"""Baseline: Celery with one no-op task on the filesystem broker and a thread pool."""

import sys
import time
from pathlib import Path

from celery import Celery


def application(folder: Path) -> Celery:
    """Return an application whose broker is the folder, with the farm's polling interval."""
    messages = folder / "messages"
    messages.mkdir(exist_ok=True)
    app = Celery("bare", broker="filesystem://")
    app.conf.update(
        broker_transport_options={
            "data_folder_in": str(messages),
            "data_folder_out": str(messages),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.02,
        },
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
    )

    @app.task(name="noop")
    def noop(mark: str) -> None:
        Path(mark).write_text(repr(time.time()))

    return app


def waited_s(folder: Path) -> float:
    """Measure the seconds from `apply_async` to the first line of the task."""
    mark = folder / f"mark-{time.monotonic_ns()}"
    published = time.time()
    application(folder).send_task("noop", [str(mark)])
    while not (mark.exists() and (text := mark.read_text())):
        time.sleep(0.002)
    return float(text) - published


if __name__ == "__main__":
    application(Path(sys.argv[1])).worker_main(
        ["worker", "--pool", "threads", "-c", "4", "-l", "error"]
    )
