"""Queues of the AMQP ingress, one per tenant.

The queue decides the tenant, because the broker enforces who may publish to it. What a message says
about its tenant proves nothing.
"""

from kombu.entity import Exchange, Queue

from whisperfarm_contract.identifiers import DEFAULT_TENANT, JOB_QUEUE

DEAD_LETTER_QUEUE = f"{JOB_QUEUE}.dead"
DEAD_LETTER_EXCHANGE = Exchange(DEAD_LETTER_QUEUE, type="fanout", durable=True)
"""The exchange for messages that cannot become jobs; an operator reads them in
`DEAD_LETTER_QUEUE`."""

MAX_DELIVERIES = 20
"""After this many deliveries the broker makes a message a dead letter: it may crash dispatchers."""

_QUORUM = {"x-queue-type": "quorum"}


def queue_name(tenant: str) -> str:
    """Return the name of the queue to which a tenant submits jobs."""
    return JOB_QUEUE if tenant == DEFAULT_TENANT else f"{JOB_QUEUE}.{tenant}"


def job_queue(tenant: str) -> Queue:
    arguments = {
        **_QUORUM,
        "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE.name,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",  # at-least-once dead lettering requires it
        "x-delivery-limit": MAX_DELIVERIES,
    }
    return Queue(queue_name(tenant), durable=True, queue_arguments=arguments)


def dead_letter_queue() -> Queue:
    return Queue(DEAD_LETTER_QUEUE, DEAD_LETTER_EXCHANGE, durable=True, queue_arguments=_QUORUM)
