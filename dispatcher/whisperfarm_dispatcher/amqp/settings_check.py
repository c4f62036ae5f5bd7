"""Checks the settings of the AMQP ingress."""

from collections.abc import Collection

from whisperfarm_contract import identifiers
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api.keys import is_tenant
from whisperfarm_store.broker.queues import is_amqp
from whisperfarm_store.settings import StoreSettings

_RESERVED = "dead"
"""`whisperfarm.jobs.dead` is the dead letter queue."""


def check_amqp_ingress(
    settings: StoreSettings, tenants: Collection[str], *, role: str, roles: Collection[str]
) -> None:
    """Raise `InvalidSettings` if the broker, a tenant, the role or a preset rules out the AMQP
    ingress."""
    if role not in roles:
        raise InvalidSettings(
            f"WHISPERFARM_AMQP_ROLE: there is no role {role!r}; use {', '.join(roles)}, or define"
            " it in WHISPERFARM_ROLES_FILE"
        )
    if not is_amqp(settings):
        raise InvalidSettings(
            "WHISPERFARM_AMQP_INGRESS: the broker is not RabbitMQ; set WHISPERFARM_BROKER_URL to"
            " an amqp:// address"
        )
    for tenant in tenants:
        if not is_tenant(tenant) or tenant == _RESERVED:
            raise InvalidSettings(
                f"WHISPERFARM_AMQP_TENANTS: invalid tenant {tenant!r}; use up to 64 letters,"
                f" digits, '-' and '_', and not {_RESERVED!r}"
            )
    preset_queues = {identifiers.queue_name(preset) for preset in settings.presets}
    if any(
        queue == identifiers.JOB_QUEUE or queue.startswith(f"{identifiers.JOB_QUEUE}.")
        for queue in preset_queues
    ):
        raise InvalidSettings(
            "WHISPERFARM_PRESETS: with WHISPERFARM_AMQP_INGRESS, no preset may be called 'jobs' or"
            " 'jobs.…'; rename it"
        )
