"""The Celery app, its queues, and the publisher of jobs.

- `app`, `transport`: the Celery app and its connection to the broker
- `queues`: names and arguments of the queues
- `publisher`: publishes a job's id and waits for the broker's confirmation
- `folder`: a broker in a directory, for a farm on one machine
"""

from whisperfarm_store.broker.app import celery_app
from whisperfarm_store.broker.publisher import Publisher

__all__ = ["Publisher", "celery_app"]
