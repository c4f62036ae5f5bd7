"""The queues of the door. Each tenant hands in jobs at its own.

A message can say whatever its writer likes; who may write to a queue is what the broker enforces.
"""

from kombu.entity import Exchange, Queue

from whisperfarm_contract.identifiers import DEFAULT_TENANT, JOB_QUEUE

DEAD_QUEUE = f"{JOB_QUEUE}.dead"
DEAD = Exchange(DEAD_QUEUE, type="fanout", durable=True)
"""Where messages go that can not become jobs, for people to look at."""

MOST_DELIVERIES = 20
"""A message that ends the dispatcher whenever it comes is put aside by the broker after so many."""

_QUORUM = {"x-queue-type": "quorum"}


def queue_name(tenant: str) -> str:
    """The queue at which a tenant hands in jobs."""
    return JOB_QUEUE if tenant == DEFAULT_TENANT else f"{JOB_QUEUE}.{tenant}"


def job_queue(tenant: str) -> Queue:
    """That queue, as it is declared."""
    arguments = {
        **_QUORUM,
        "x-dead-letter-exchange": DEAD.name,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",  # asked for by the strategy
        "x-delivery-limit": MOST_DELIVERIES,
    }
    return Queue(queue_name(tenant), durable=True, queue_arguments=arguments)


def dead_queue() -> Queue:
    """The queue of what can not become a job."""
    return Queue(DEAD_QUEUE, DEAD, durable=True, queue_arguments=_QUORUM)
