"""Publishes jobs to the broker."""

from celery import Celery
from kombu.entity import Queue
from kombu.exceptions import ChannelError, ConnectionError, KombuError

from whisperfarm_contract import identifiers
from whisperfarm_contract.problems import FarmUnavailable, ModelUnknown
from whisperfarm_store.broker.queues import with_dead_letters

_CONFIRM_S = 10.0
_REFUSALS = (KombuError, ChannelError, ConnectionError, OSError)
"""All errors of publishing."""


class Publisher:
    """Publisher of jobs to the queues of their presets. Safe to use from several threads."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def publish(self, job_id: str, preset: str) -> None:
        """Publish a job to the workers of `preset`, and wait until the broker confirms it.

        Raises `FarmUnavailable` if the broker does not confirm it in `_CONFIRM_S` seconds, and
        `ModelUnknown` if this farm does not serve the preset.
        """
        queue = self._queue(preset)
        try:
            self._app.send_task(
                identifiers.TASK,
                args=[job_id],
                task_id=job_id,
                queue=queue,
                declare=with_dead_letters(queue),
                ignore_result=True,
                confirm_timeout=_CONFIRM_S,
            )
        except _REFUSALS as error:
            raise FarmUnavailable(f"the broker does not accept jobs: {error}") from error

    def _queue(self, preset: str) -> Queue:
        try:
            return self._app.amqp.queues[identifiers.queue(preset)]
        except KeyError:
            raise ModelUnknown(
                f"this farm does not serve {preset!r}; see WHISPERFARM_PRESETS"
            ) from None
