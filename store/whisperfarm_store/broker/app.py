"""The Celery app. Messages carry job ids only; all other state is in the ledger."""

from typing import Any

from celery import Celery

from whisperfarm_contract import identifiers
from whisperfarm_store.broker.queues import queues
from whisperfarm_store.broker.transport import transport
from whisperfarm_store.settings import StoreSettings

_SETTINGS: dict[str, Any] = {
    # A message is acknowledged when the attempt has ended, not when it starts.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "worker_pool": "threads",
    # Results are in the ledger.
    "task_ignore_result": True,
    # Pickle would let every process that can write to the broker run code here.
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_serializer": "json",
    "event_serializer": "json",
    # Queues that Celery creates by default are not quorum queues.
    "task_create_missing_queues": False,
    # If the broker is unavailable, workers wait without limit, publishers only a few seconds.
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_connection_timeout": 5.0,
    # Flower asks the workers for events while it runs; without it, no process sends any.
    "task_track_started": True,
    "worker_send_task_events": False,
    "task_send_sent_event": False,
    # The farm formats its own log lines.
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
}


def celery_app(settings: StoreSettings) -> Celery:
    """Return the Celery app of a farm. The worker registers the task `identifiers.TASK` on it.

    Raises `InvalidSettings` if the embedded broker's folder cannot be made.
    """
    app = Celery("whisperfarm", set_as_current=False, backend="disabled://")
    app.conf.update(_SETTINGS)
    app.conf.update(
        broker_url=settings.resolved_broker_url,
        task_queues=queues(settings),
        task_default_queue=identifiers.queue_name(settings.presets[0]),
        **transport(settings),
    )
    return app
