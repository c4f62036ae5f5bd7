"""Sends one callback to a queue, or to the results exchange."""

import random
from collections.abc import Callable

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.amqp.publisher import Post, Unroutable
from whisperfarm_store.ledger import Callback, Outcome

AWAY_PAUSE_S = 15.0
"""Shortest pause while the broker is unavailable, which does not count against the receiver."""


class QueueCallbacks:
    """Sender of events as messages. Thread-safe."""

    def __init__(self, post: Post, *, chance: Callable[[], float] = random.random) -> None:
        self._post = post
        self._chance = chance

    def attempt(self, callback: Callback) -> Outcome:
        """Publish the event once. Failures are part of the outcome."""
        target, _, name = callback.address.partition(":")
        try:
            self._send(callback, target, name)
        except Unroutable:
            return Outcome(error=f"the broker has no queue {name!r}")
        except FarmUnavailable as problem:
            return Outcome(error=problem.detail, again_in_s=AWAY_PAUSE_S * (1 + self._chance()))
        return Outcome()

    def _send(self, callback: Callback, target: str, name: str) -> None:
        to_queue = target == "queue"
        state = callback.event.removeprefix("job.")
        self._post.send(
            callback.body.encode(),
            exchange="" if to_queue else name,
            routing_key=name if to_queue else f"{callback.tenant}.{state}",
            mandatory=to_queue,
            message_id=callback.id,
            correlation_id=callback.correlation_id,
            type=callback.event,
        )
