"""Handles one message: it becomes a job or a dead letter, or is tried again later."""

import asyncio
import json
import threading
from contextlib import closing, suppress
from itertools import count

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import (
    AddressUnreachable,
    ClientError,
    FarmUnavailable,
    Problem,
    Unavailable,
)
from whisperfarm_contract.retry_policy import RetryPolicy
from whisperfarm_dispatcher.amqp import audio_source
from whisperfarm_dispatcher.amqp.message import (
    IncomingMessage,
    JobMessage,
    find_id,
    parse_message,
    reply_queue,
)
from whisperfarm_dispatcher.amqp.publisher import AmqpPublisher, Unroutable
from whisperfarm_dispatcher.amqp.topology import DEAD_LETTER_QUEUE
from whisperfarm_dispatcher.api.caller import Caller
from whisperfarm_dispatcher.api.permissions import MESSAGES
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.egress import HttpClient
from whisperfarm_dispatcher.submission.leg_recorder import LegRecorder
from whisperfarm_dispatcher.submission.submit import NewJob, submit
from whisperfarm_store import events
from whisperfarm_store.ledger import Origin

MAX_RETRY_DELAY_S = 30.0
MAX_TRIES = 5
"""Tries before an unreachable address or an internal error makes a message a dead letter."""

_RETRY_POLICY = RetryPolicy(initial_s=1.0, max_s=MAX_RETRY_DELAY_S, jitter=0.0)
_MAX_DETAIL_CHARS = 1000
_KEPT_PROPERTIES = ("message_id", "correlation_id", "reply_to", "type", "app_id")


class MessageHandler:
    """Handler that submits messages as jobs. Thread-safe.

    While the farm cannot accept a job, the message stays unacknowledged and the backlog stays in
    the queue. Requeueing it would count as a failed delivery.
    """

    def __init__(
        self,
        deps: Dependencies,
        http_client: HttpClient,
        publisher: AmqpPublisher,
        *,
        stopping: threading.Event,
    ) -> None:
        self._deps = deps
        self._http_client = http_client
        self._publisher = publisher
        self._stopping = stopping
        self._max_audio_bytes = deps.settings.amqp_max_audio_bytes
        self._role = deps.settings.amqp_role
        self._permitted = deps.settings.roles[self._role]

    def handle(self, incoming: IncomingMessage) -> bool:
        """Handle the message. Returns True once the ledger has its job or it is a dead letter.

        Returns False if the process is stopping; another dispatcher then receives the message.
        """
        for tries in count(1):
            problem = self._receive(incoming)
            if problem is None:
                return True
            delay_s = retry_delay_s(problem, tries)
            if delay_s is None:
                return self._dead_letter(incoming, problem)
            events.message.retry_scheduled.log(problem=problem.name, retry_in_s=delay_s)
            if self._stopping.wait(delay_s):
                break
        return False

    def _receive(self, incoming: IncomingMessage) -> Problem | None:
        """Submit the message. Returns the problem if that fails."""
        try:
            message = parse_message(incoming, max_audio_bytes=self._max_audio_bytes)
            self._check_permissions(incoming.tenant, message)
            existing = self._existing_job(incoming, message)
            job = existing or self._submit(incoming.tenant, message)
        except Problem as problem:
            return problem
        except Exception:
            events.message.error.log()
            return Problem("the dispatcher failed to handle this message; see its log")
        events.message.accepted.log(job=job.id, is_duplicate=existing is not None)
        return None

    def _check_permissions(self, tenant: str, message: JobMessage) -> None:
        sender = Caller(tenant=tenant, grant=f"the role {self._role}", permissions=self._permitted)
        sender.check_permission(MESSAGES["job"])
        if "result" in message.reply_to:
            sender.check_permission(MESSAGES["result"])

    def _existing_job(self, incoming: IncomingMessage, message: JobMessage) -> Job | None:
        """Return the job of an earlier delivery. Its recording may no longer exist."""
        if not incoming.redelivered:
            return None
        return self._deps.ledger.jobs.find(message.idempotency_key, tenant=incoming.tenant)

    def _submit(self, tenant: str, message: JobMessage) -> Job:
        legs = LegRecorder()
        request = NewJob(
            tenant=tenant,
            fields=message.fields,
            filename=message.filename,
            idempotency_key=message.idempotency_key,
            reply_to=message.reply_to,
            origin=Origin(ingress="amqp"),
            legs=legs,
        )
        with closing(
            audio_source.iter_all_blocks(message.audio, self._deps.blobs, self._http_client, legs)
        ) as blocks:
            return asyncio.run(submit(self._deps, request, audio_source.aiter_blocks(blocks)))

    def _dead_letter(self, incoming: IncomingMessage, problem: Problem) -> bool:
        """Publish the message as a dead letter, until the broker takes it.

        Returns False if the process is stopping before that.
        """
        self._reply(incoming, problem)
        while True:
            try:
                self._publish_dead_letter(incoming, problem)
            except (FarmUnavailable, Unroutable) as error:
                events.message.dead_letter_failed.log(problem=problem.name, error=str(error))
                if self._stopping.wait(MAX_RETRY_DELAY_S):
                    return False
            else:
                events.message.rejected.log(tenant=incoming.tenant, problem=problem.name)
                return True

    def _publish_dead_letter(self, incoming: IncomingMessage, problem: Problem) -> None:
        reason = {
            "x-problem-name": problem.name,
            "x-problem-detail": problem.detail[:_MAX_DETAIL_CHARS],
            "x-tenant": incoming.tenant,
        }
        kept = {name: incoming.properties.get(name) for name in _KEPT_PROPERTIES}
        self._publisher.publish(
            incoming.body,
            routing_key=DEAD_LETTER_QUEUE,
            mandatory=True,
            headers={**incoming.headers, **reason},
            **{"content_type": incoming.content_type or "application/json"},
            **{name: value for name, value in kept.items() if value is not None},
        )

    def _reply(self, incoming: IncomingMessage, problem: Problem) -> None:
        """Send the problem to the `reply_to` queue, if there is one. Best effort: never raises."""
        with suppress(Problem, Unroutable):
            queue = reply_queue(incoming.properties)
            if queue is not None:
                event = {
                    "type": "message.rejected",
                    "message_id": find_id(incoming, max_audio_bytes=self._max_audio_bytes),
                    "data": {"problem": problem.to_wire()},
                }
                self._publisher.publish(
                    json.dumps(event).encode(),
                    routing_key=queue,
                    mandatory=False,
                    type="message.rejected",
                    correlation_id=incoming.properties.get("correlation_id"),
                )


def retry_delay_s(problem: Problem, tries: int) -> float | None:
    """Return the seconds until the next try, or `None` if the message becomes a dead letter."""
    if isinstance(problem, ClientError):
        return None
    is_retryable = isinstance(problem, Unavailable) and not isinstance(problem, AddressUnreachable)
    if not is_retryable and tries >= MAX_TRIES:
        return None
    backoff_s = _RETRY_POLICY.delay_s(tries, chance=0.0)
    return min(max(backoff_s, problem.retry_after_s or 0), MAX_RETRY_DELAY_S)
