"""The Celery app, its queues, and the publisher of jobs.

- `app`, `transport`: the Celery app and its connection to the broker
- `queues`: names and arguments of the queues
- `publisher`: publishes the ids of jobs and waits for the broker's confirmations
- `confirmed_channel`: a channel whose messages are confirmed together
- `folder`: a broker in a directory, for a farm on one machine
"""

from whisperfarm_store.broker.app import celery_app
from whisperfarm_store.broker.publisher import Publisher

__all__ = ["Publisher", "celery_app"]
