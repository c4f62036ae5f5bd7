"""Runs Celery in this process: it consumes job ids and runs attempts in a pool of threads."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from socket import gethostname
from typing import Any, Protocol
from uuid import uuid4

from celery import Celery
from celery.exceptions import Reject
from celery.worker import state
from celery.worker.consumer import Consumer as CeleryConsumer

from whisperfarm_contract import identifiers
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store import events

_TIMER_PRECISION_S = 0.25
"""Longest sleep of Celery's timer. Shutdown waits for it."""

_PAUSING_S = 2.0
"""How long a message waits for a closed gate before it is returned to the broker. Within this time,
Celery stops consuming; a message returned earlier would be redelivered in a loop."""


class Gate(Protocol):
    """Decides whether jobs may be claimed."""

    @property
    def available(self) -> bool:
        """Whether jobs may be claimed now."""

    def wait_available(self, within_s: float) -> bool:
        """Wait at most `within_s` seconds until jobs may be claimed. Returns whether they may."""


class _RejectionsWithoutTraceback(logging.Filter):
    """Removes the traceback of `Reject`: a message that goes back to the broker is not a fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], Reject):
            record.exc_info = None
            vars(record).pop("data", None)  # Celery's own fields, with the traceback again
        return True


_REJECTIONS_WITHOUT_TRACEBACK = _RejectionsWithoutTraceback()


class _NoEtaConsumer(CeleryConsumer):
    """Celery's consumer without its queues for delayed tasks.

    With quorum queues, Celery declares 28 more queues for tasks with an ETA. The farm sends none:
    jobs wait in the ledger.
    """

    class Blueprint(CeleryConsumer.Blueprint):
        default_steps = tuple(
            step
            for step in CeleryConsumer.Blueprint.default_steps
            if not step.endswith(":DelayedDelivery")
        )


class Consumer:
    """Consumes the queues of `presets` and runs up to `concurrency` jobs at a time.

    It uses Celery's work controller without the banner and the signal handlers of its command.
    """

    def __init__(
        self,
        app: Celery,
        *,
        presets: Sequence[str],
        concurrency: int,
        on_ready: Callable[[], None],
        gate: Gate,
    ) -> None:
        self._app = app
        self._gate = gate
        self._queues = [identifiers.queue_name(preset) for preset in presets]
        self._controller: Any = None
        self._controller_options = {
            "pool": "threads",
            "concurrency": concurrency,
            "queues": self._queues,
            "hostname": f"whisperfarm-{uuid4().hex[:8]}@{gethostname()}",
            "task_events": False,
            "timer_precision": _TIMER_PRECISION_S,
            "consumer_cls": _NoEtaConsumer,
            "without_mingle": True,
            "without_gossip": True,
            "ready_callback": lambda _: self._on_celery_ready(),
        }
        self._on_ready = on_ready
        self._was_ready = False
        self._stopped = False
        self._consuming = False

    def run(self, task: Callable[[str], None]) -> None:
        """Consume until `stop` is called, then wait for running jobs.

        RabbitMQ closes the channel if a message is not acknowledged in time, and Celery then exits.
        This method restarts it, with the models still loaded. Raises `FarmUnavailable` if Celery
        exits before it has started to consume.
        """

        def transcribe(job_id: str) -> None:
            if not self._gate.wait_available(_PAUSING_S):
                raise Reject("a dependency of this worker is unavailable", requeue=True)
            try:
                task(job_id)
            except FarmUnavailable as problem:
                raise Reject(problem.detail, requeue=True) from problem

        logging.getLogger("celery.app.trace").addFilter(_REJECTIONS_WITHOUT_TRACEBACK)
        self._app.task(transcribe, name=identifiers.CELERY_TASK, shared=False)
        self._app.set_default()  # the pool's threads look for the task in the default app
        state.should_stop = None  # global in Celery: an earlier consumer may have set it
        self._consuming = not self._stopped
        while not self._stopped and not self._run_celery():
            events.worker.consumer_restarted.log()

    def _run_celery(self) -> bool:
        """Run Celery until it exits. Returns whether it was asked to stop."""
        self._was_ready = False
        controller = self._controller = self._app.WorkController(**self._controller_options)
        controller.start()
        if controller.exitcode and not self._was_ready:
            raise FarmUnavailable(
                "the worker could not consume from the broker; see the worker's log"
            )
        return not controller.exitcode

    def _on_celery_ready(self) -> None:
        self._was_ready = True
        self._on_ready()
        self.follow_gate()

    def follow_gate(self) -> None:
        """Consume while the gate is open, and not while it is closed. Call it after each change."""
        consumer = getattr(self._controller, "consumer", None)
        if consumer is not None:
            # Only the thread of Celery's event loop may use channels.
            consumer.call_soon(partial(self._follow, consumer))

    def _follow(self, consumer: Any) -> None:
        queues, is_open = self._app.amqp.queues, self._gate.available
        for name in self._queues:
            # The selection is for later connections, `_set_consuming` for the current one.
            if is_open:
                queues.select_add(queues[name])
            else:
                queues.deselect(name)
            if consumer.task_consumer is not None:
                _set_consuming(consumer.task_consumer, queues[name], is_open)

    def stop(self) -> bool:
        """Stop consuming; running jobs continue. Returns whether the consumer was running."""
        self._stopped = True
        # Celery checks this flag between messages, so it completes the current one.
        state.should_stop = 0
        return self._consuming


def _set_consuming(consumer: Any, queue: Any, is_open: bool) -> None:
    if not is_open:
        consumer.cancel_by_queue(queue.name)
    elif not consumer.consuming_from(queue.name):
        consumer.add_queue(queue)
        consumer.consume()
