"""The Celery app, its queues, and giving jobs to them."""

from whisperfarm_store.broker.app import celery_app
from whisperfarm_store.broker.publisher import Publisher

__all__ = ["Publisher", "celery_app"]
