"""Celery in this process: it takes job ids from the broker and runs them in a pool of threads."""

from collections.abc import Callable, Sequence
from socket import gethostname
from uuid import uuid4

from celery import Celery
from celery.worker import state
from celery.worker.consumer import Consumer as CeleryConsumer

from whisperfarm_contract import identifiers
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store import events

_TIMER_S = 0.25
"""How long Celery's timer sleeps at most; when the worker stops, it is waited for."""


class _WithoutDelays(CeleryConsumer):
    """Celery's consumer, which leaves the broker as it finds it.

    Where there are quorum queues, Celery makes 28 more of them, for tasks that are sent to be run
    later. Such are never sent here: what has to wait waits in the ledger.
    """

    class Blueprint(CeleryConsumer.Blueprint):
        default_steps = tuple(
            step
            for step in CeleryConsumer.Blueprint.default_steps
            if not step.endswith(":DelayedDelivery")
        )


class Consumer:
    """Consumes the queues of some presets, so many jobs at a time.

    It is Celery's bare work controller: without a banner, and with the signals left to us.
    """

    def __init__(
        self, app: Celery, *, presets: Sequence[str], concurrency: int, on_ready: Callable[[], None]
    ) -> None:
        self._app = app
        self._options = {
            "pool": "threads",
            "concurrency": concurrency,
            "queues": [identifiers.queue(preset) for preset in presets],
            "hostname": f"whisperfarm-{uuid4().hex[:8]}@{gethostname()}",
            "task_events": True,
            "timer_precision": _TIMER_S,
            "consumer_cls": _WithoutDelays,
            "without_mingle": True,
            "without_gossip": True,
            "ready_callback": lambda _: self._ready(),
        }
        self._on_ready = on_ready
        self._was_ready = False
        self._stopped = False
        self._consuming = False

    def run(self, task: Callable[[str], None]) -> None:
        """Consume until `stop`, then wait for the jobs that run.

        RabbitMQ closes the channel of a message that it waited for too long, and Celery gives up:
        then it begins again, with the models still loaded. Raises `FarmUnavailable` when it could
        not even begin.
        """

        def transcribe(job_id: str) -> None:
            task(job_id)

        self._app.task(transcribe, name=identifiers.TASK, shared=False)
        self._app.set_default()  # the pool's threads look for the task in the default app
        state.should_stop = None
        self._consuming = not self._stopped
        while not self._stopped and not self._consume():
            events.worker.consumer_restarted.log()

    def _consume(self) -> bool:
        """Whether it ended because it was told to."""
        self._was_ready = False
        worker = self._app.WorkController(**self._options)
        worker.start()
        if worker.exitcode and not self._was_ready:
            raise FarmUnavailable("nothing could be taken from the broker; the log says why")
        return not worker.exitcode

    def _ready(self) -> None:
        self._was_ready = True
        self._on_ready()

    def stop(self) -> bool:
        """Take no more jobs; whether any were being taken."""
        self._stopped = True
        # Celery looks at it between messages, so that none is torn in two.
        state.should_stop = 0
        return self._consuming
