"""Baseline: Celery on RabbitMQ with a no-op task, a quorum queue and publisher confirms."""

import os
import sys
import time
from pathlib import Path

from celery import Celery
from kombu import Exchange, Queue

NAME = "bare"


def application(url: str) -> Celery:
    """Return an application with the farm's configuration of Celery."""
    app = Celery(NAME, broker=url, set_as_current=False)
    queue = Queue(NAME, Exchange(NAME), NAME, queue_arguments={"x-queue-type": "quorum"})
    app.conf.update(
        task_queues=[queue],
        task_default_queue=NAME,
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        broker_transport_options={"confirm_publish": True},
    )
    return app


def main(url: str, folder: str) -> None:
    """Run a worker that records the time each message took."""
    app = application(url)
    marks = os.open(
        Path(folder, f"waits-{os.getpid()}"), os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600
    )

    @app.task(name="noop", shared=False)
    def noop(sent: float) -> None:
        os.write(marks, f"{time.time() - sent}\n".encode())

    app.set_default()
    name = f"bare-{os.getpid()}@localhost"  # a second worker of the same name does not start
    alone = ["--without-mingle", "--without-gossip"]
    app.worker_main(["worker", "-P", "threads", "-c", "4", "-l", "error", "-n", name, *alone])


if __name__ == "__main__":
    main(*sys.argv[1:])
