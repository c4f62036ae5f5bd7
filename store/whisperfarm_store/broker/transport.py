"""Celery's settings for each kind of broker."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.broker.queues import consumer_timeout_s, is_amqp
from whisperfarm_store.settings import StoreSettings

RABBITMQ_OPTIONS: Mapping[str, Any] = MappingProxyType(
    {"confirm_publish": True, "read_timeout": 20.0}
)
"""Options of every connection to RabbitMQ. A queue that has lost its leader never responds: without
a timeout, the process would wait for it forever."""

_POLL_INTERVAL_S = 0.02


def transport(settings: StoreSettings) -> dict[str, Any]:
    """Return the settings of Celery that depend on the broker."""
    if is_amqp(settings):
        return _options(**RABBITMQ_OPTIONS)
    scheme = settings.resolved_broker_url.partition(":")[0]
    if scheme == "filesystem":
        return _directory_options(settings)
    if scheme == "memory":
        return _options(polling_interval=_POLL_INTERVAL_S)
    if scheme in ("redis", "rediss", "sentinel"):
        # Redis redelivers a message after this time, even while its job runs: the second claim
        # then fails.
        return _options(visibility_timeout=round(consumer_timeout_s(settings)))
    return _options()


def _options(**options: Any) -> dict[str, Any]:
    return {"broker_transport_options": options}


def _directory_options(settings: StoreSettings) -> dict[str, Any]:
    root = settings.broker_dir
    messages, processed, control = root / "messages", root / "taken", root / "control"
    try:
        for folder in (root, messages, processed, control):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InvalidSettings(
            f"WHISPERFARM_DATA_DIR: the broker's folder {root} cannot be made ({error.strerror});"
            " make the data folder writable, or set another one"
        ) from error
    options = _options(
        data_folder_in=str(messages),
        data_folder_out=str(messages),
        processed_folder=str(processed),
        control_folder=str(control),
        polling_interval=_POLL_INTERVAL_S,
    )
    return {**options, "broker_transport": "whisperfarm_store.broker.folder:Transport"}
