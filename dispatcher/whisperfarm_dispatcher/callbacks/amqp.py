"""Sends one callback to a queue, or to the results exchange."""

import random
from collections.abc import Callable

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.amqp.publisher import AmqpPublisher, Unroutable
from whisperfarm_dispatcher.callbacks.transcripts import body_with_transcript
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Callback, DeliveryResult

BROKER_RETRY_S = 15.0
"""Shortest pause while the broker or the blob store is unavailable. It does not count against the
receiver."""


class AmqpSender:
    """Sender of events as messages. Thread-safe."""

    def __init__(
        self,
        publisher: AmqpPublisher,
        blobs: Blobs,
        *,
        link_expires_s: int,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._publisher = publisher
        self._blobs = blobs
        self._link_expires_s = link_expires_s
        self._chance = chance

    def send(self, callback: Callback) -> DeliveryResult:
        """Publish the event once. Failures are part of the outcome."""
        target, _, name = callback.address.partition(":")
        try:
            self._publish(callback, target, name)
        except Unroutable:
            return DeliveryResult(error=f"the broker has no queue {name!r}")
        except FarmUnavailable as problem:
            return DeliveryResult(
                error=problem.detail, retry_in_s=BROKER_RETRY_S * (1 + self._chance())
            )
        return DeliveryResult()

    def _publish(self, callback: Callback, target: str, name: str) -> None:
        to_queue = target == "queue"
        state = callback.event.removeprefix("job.")
        body = body_with_transcript(callback, self._blobs, link_expires_s=self._link_expires_s)
        self._publisher.publish(
            body.encode(),
            exchange="" if to_queue else name,
            routing_key=name if to_queue else f"{callback.tenant}.{state}",
            mandatory=to_queue,
            message_id=callback.id,
            correlation_id=callback.correlation_id,
            type=callback.event,
        )
