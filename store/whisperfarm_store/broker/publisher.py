"""Giving jobs to the broker."""

from celery import Celery
from kombu.entity import Queue
from kombu.exceptions import ChannelError, ConnectionError, KombuError

from whisperfarm_contract import identifiers
from whisperfarm_contract.problems import FarmUnavailable, ModelUnknown
from whisperfarm_store.broker.queues import with_dead_letters

_CONFIRM_S = 10.0
_REFUSALS = (KombuError, ChannelError, ConnectionError, OSError)
"""All that a broker can answer, besides "yes"."""


class Publisher:
    """Gives jobs to the queues of their presets. Safe to use from several threads."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def publish(self, job_id: str, preset: str) -> None:
        """Tell the workers of `preset` of a job: when this returns, the broker has it.

        Raises `FarmUnavailable` when the broker does not take it, or not in time, and
        `ModelUnknown` when this farm does not serve the preset.
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
            raise FarmUnavailable(f"the broker does not take jobs now: {error}") from error

    def _queue(self, preset: str) -> Queue:
        try:
            return self._app.amqp.queues[identifiers.queue(preset)]
        except KeyError:
            raise ModelUnknown(
                f"this farm does not serve {preset!r}; see WHISPERFARM_PRESETS"
            ) from None
