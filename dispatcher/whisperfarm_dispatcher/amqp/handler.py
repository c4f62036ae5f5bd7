"""Handles one message: it becomes a job or a dead letter, or is tried again later."""

import asyncio
import json
import threading
from contextlib import closing, suppress
from itertools import count

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import (
    AddressUnreachable,
    BadRequest,
    FarmUnavailable,
    Problem,
    TryLater,
)
from whisperfarm_dispatcher.amqp import audio_source
from whisperfarm_dispatcher.amqp.message import Delivered, JobMessage, read, reply_queue
from whisperfarm_dispatcher.amqp.publisher import Post, Unroutable
from whisperfarm_dispatcher.amqp.topology import DEAD_QUEUE
from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.egress import Outgoing
from whisperfarm_dispatcher.submission.submit import NewJob, accept
from whisperfarm_store import events

LONGEST_PAUSE_S = 30.0
MOST_TRIES = 5
"""Tries before an unreachable address or an internal error makes a message a dead letter."""

_LONGEST_DETAIL = 1000
_KEPT = ("message_id", "correlation_id", "reply_to", "type", "app_id")


class Desk:
    """Handler that submits messages as jobs. Thread-safe.

    While the farm cannot accept a job, the message stays unacknowledged and the backlog stays in
    the queue. Requeueing it would count as a failed delivery.
    """

    def __init__(
        self, parts: Parts, outgoing: Outgoing, post: Post, *, stopping: threading.Event
    ) -> None:
        self._parts = parts
        self._outgoing = outgoing
        self._post = post
        self._stopping = stopping

    def handle(self, delivered: Delivered) -> bool:
        """Handle the message. Returns True once the ledger has its job or it is a dead letter.

        Returns False if the process is stopping; another dispatcher then receives the message.
        """
        for tries in count(1):
            problem = self._take(delivered)
            if problem is None:
                return True
            pause = pause_s(problem, tries)
            if pause is None:
                return self._put_aside(delivered, problem)
            events.message.retry_scheduled.log(problem=problem.name, retry_in_s=pause)
            if self._stopping.wait(pause):
                break
        return False

    def _take(self, delivered: Delivered) -> Problem | None:
        """Submit the message. Returns the problem if that fails."""
        try:
            most = self._parts.settings.rabbitmq_audio_bytes
            message = read(delivered, most_audio_bytes=most)
            known = self._known(delivered, message)
            job = known or self._accept(delivered.tenant, message)
        except Problem as problem:
            return problem
        except Exception:
            events.message.error.log()
            return Problem("the dispatcher failed to handle this message; see its log")
        events.message.accepted.log(job=job.id, is_duplicate=known is not None)
        return None

    def _known(self, delivered: Delivered, message: JobMessage) -> Job | None:
        """Return the job of an earlier delivery. Its recording may no longer exist."""
        if not delivered.redelivered:
            return None
        return self._parts.ledger.find(message.idempotency_key, tenant=delivered.tenant)

    def _accept(self, tenant: str, message: JobMessage) -> Job:
        request = NewJob(
            tenant=tenant,
            fields=message.fields,
            filename=message.filename,
            idempotency_key=message.idempotency_key,
            reply=message.reply,
            door="amqp",
        )
        with closing(
            audio_source.blocks(message.audio, self._parts.blobs, self._outgoing)
        ) as blocks:
            return asyncio.run(accept(self._parts, request, audio_source.flow(blocks)))

    def _put_aside(self, delivered: Delivered, problem: Problem) -> bool:
        """Publish the message as a dead letter, until the broker takes it.

        Returns False if the process is stopping before that.
        """
        self._answer(delivered, problem)
        while True:
            try:
                self._send_dead(delivered, problem)
            except (FarmUnavailable, Unroutable) as error:
                events.message.dead_letter_failed.log(problem=problem.name, error=str(error))
                if self._stopping.wait(LONGEST_PAUSE_S):
                    return False
            else:
                events.message.rejected.log(tenant=delivered.tenant, problem=problem.name)
                return True

    def _send_dead(self, delivered: Delivered, problem: Problem) -> None:
        reason = {
            "x-problem-name": problem.name,
            "x-problem-detail": problem.detail[:_LONGEST_DETAIL],
            "x-tenant": delivered.tenant,
        }
        given = {name: delivered.properties.get(name) for name in _KEPT}
        self._post.send(
            delivered.body,
            routing_key=DEAD_QUEUE,
            mandatory=True,
            headers={**delivered.headers, **reason},
            **{"content_type": delivered.content_type or "application/json"},
            **{name: value for name, value in given.items() if value is not None},
        )

    def _answer(self, delivered: Delivered, problem: Problem) -> None:
        """Send the problem to the `reply_to` queue, if there is one. Best effort: never raises."""
        with suppress(Problem, Unroutable):
            queue = reply_queue(delivered.properties)
            if queue is not None:
                told = {"type": "message.refused", "data": {"problem": problem.to_wire()}}
                self._post.send(
                    json.dumps(told).encode(),
                    routing_key=queue,
                    mandatory=False,
                    type="message.refused",
                    correlation_id=delivered.properties.get("correlation_id"),
                )


def pause_s(problem: Problem, tries: int) -> float | None:
    """Return the seconds until the next try, or `None` if the message becomes a dead letter."""
    if isinstance(problem, BadRequest):
        return None
    waits = isinstance(problem, TryLater) and not isinstance(problem, AddressUnreachable)
    if not waits and tries >= MOST_TRIES:
        return None
    growing = float(2 ** min(tries - 1, 10))
    return min(max(growing, problem.retry_after_s or 0), LONGEST_PAUSE_S)
