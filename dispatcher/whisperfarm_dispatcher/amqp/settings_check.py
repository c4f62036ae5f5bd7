"""Which queues the RabbitMQ door may have."""

from collections.abc import Collection

from whisperfarm_contract import identifiers
from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_dispatcher.api.keys import is_tenant
from whisperfarm_store.broker.queues import is_amqp
from whisperfarm_store.settings import StoreSettings

_RESERVED = "dead"
"""`whisperfarm.jobs.dead` is where bad messages go."""


def check_door(settings: StoreSettings, tenants: Collection[str]) -> None:
    """`SettingsWrong` when the door can not be opened as it is set."""
    if not is_amqp(settings):
        raise SettingsWrong(
            "WHISPERFARM_RABBITMQ_DOOR: the broker is no RabbitMQ; set WHISPERFARM_BROKER_URL to an"
            " amqp:// address"
        )
    for tenant in tenants:
        if not is_tenant(tenant) or tenant == _RESERVED:
            raise SettingsWrong(
                f"WHISPERFARM_RABBITMQ_TENANTS: {tenant!r} can not be a tenant here"
            )
    taken = {identifiers.queue(preset) for preset in settings.presets}
    if any(
        queue == identifiers.JOB_QUEUE or queue.startswith(f"{identifiers.JOB_QUEUE}.")
        for queue in taken
    ):
        raise SettingsWrong(
            "WHISPERFARM_PRESETS: with the RabbitMQ door, no preset is called 'jobs' or 'jobs.…'"
        )
