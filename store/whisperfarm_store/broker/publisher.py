"""Publishes jobs to the broker, many at a time."""

import threading
from collections.abc import Sequence

from celery import Celery
from kombu.entity import Queue
from kombu.exceptions import ChannelError, ConnectionError, KombuError

from whisperfarm_contract import identifiers
from whisperfarm_contract.problems import FarmUnavailable, UnknownModel
from whisperfarm_store.broker.confirmed_channel import ConfirmedChannel
from whisperfarm_store.broker.queues import with_dead_letter_queue

_CONFIRM_TIMEOUT_S = 10.0
_BROKER_ERRORS = (KombuError, ChannelError, ConnectionError, OSError)
"""All errors of publishing."""


class Publisher:
    """Publisher of jobs to the queues of their presets. Safe to use from several threads.

    It opens one connection at first use, and another one when that has failed.
    """

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._channel: ConfirmedChannel | None = None

    def publish(self, job_ids: Sequence[str], preset: str) -> None:
        """Publish jobs to the workers of `preset`, and wait until the broker confirms them all.

        Raises `FarmUnavailable` if it does not in `_CONFIRM_TIMEOUT_S` seconds: then it may have
        received some. Raises `UnknownModel` if this farm does not serve the preset.
        """
        queue = self._queue(preset)
        with self._lock:
            try:
                self._publish_with_reconnect(job_ids, preset, queue)
            except _BROKER_ERRORS as error:
                self._close()
                raise FarmUnavailable(f"the broker does not accept jobs: {error}") from error

    def _publish_with_reconnect(self, job_ids: Sequence[str], preset: str, queue: Queue) -> None:
        is_new_connection = self._channel is None
        try:
            self._publish(job_ids, preset, queue)
        except _BROKER_ERRORS:
            if is_new_connection:
                raise
            self._close()  # the connection may have broken since its last use
            self._publish(job_ids, preset, queue)

    def _publish(self, job_ids: Sequence[str], preset: str, queue: Queue) -> None:
        if self._channel is None:
            self._channel = ConfirmedChannel(self._app.connection_for_write())
        for job_id in job_ids:
            self._channel.count()
            self._app.send_task(
                identifiers.CELERY_TASK,
                args=[job_id],
                task_id=job_id,
                queue=queue,
                shadow=f"transcribe {preset}",  # the name in Flower
                declare=with_dead_letter_queue(queue),
                ignore_result=True,
                retry=False,
                producer=self._channel.producer,
            )
        self._channel.wait_confirmed(within_s=_CONFIRM_TIMEOUT_S)

    def _queue(self, preset: str) -> Queue:
        try:
            return self._app.amqp.queues[identifiers.queue_name(preset)]
        except KeyError:
            raise UnknownModel(
                f"this farm does not serve {preset!r}; see WHISPERFARM_PRESETS"
            ) from None

    def _close(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()
