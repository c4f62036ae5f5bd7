"""Publishes jobs to the broker."""

from celery import Celery
from kombu.entity import Queue
from kombu.exceptions import ChannelError, ConnectionError, KombuError

from whisperfarm_contract import identifiers
from whisperfarm_contract.problems import FarmUnavailable, UnknownModel
from whisperfarm_store.broker.queues import with_dead_letter_queue

_CONFIRM_TIMEOUT_S = 10.0
_BROKER_ERRORS = (KombuError, ChannelError, ConnectionError, OSError)
"""All errors of publishing."""


class Publisher:
    """Publisher of jobs to the queues of their presets. Safe to use from several threads."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def publish(self, job_id: str, preset: str) -> None:
        """Publish a job to the workers of `preset`, and wait until the broker confirms it.

        Raises `FarmUnavailable` if the broker does not confirm it in `_CONFIRM_TIMEOUT_S` seconds,
        and `UnknownModel` if this farm does not serve the preset.
        """
        queue = self._queue(preset)
        try:
            self._app.send_task(
                identifiers.CELERY_TASK,
                args=[job_id],
                task_id=job_id,
                queue=queue,
                declare=with_dead_letter_queue(queue),
                ignore_result=True,
                confirm_timeout=_CONFIRM_TIMEOUT_S,
            )
        except _BROKER_ERRORS as error:
            raise FarmUnavailable(f"the broker does not accept jobs: {error}") from error

    def _queue(self, preset: str) -> Queue:
        try:
            return self._app.amqp.queues[identifiers.queue_name(preset)]
        except KeyError:
            raise UnknownModel(
                f"this farm does not serve {preset!r}; see WHISPERFARM_PRESETS"
            ) from None
