"""Builds the AMQP ingress from the settings."""

import threading

from whisperfarm_dispatcher.amqp.consumer import AmqpConsumer
from whisperfarm_dispatcher.amqp.handler import MessageHandler
from whisperfarm_dispatcher.amqp.publisher import AmqpPublisher
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.egress import HttpClient


def open_consumer(deps: Dependencies, publisher: AmqpPublisher) -> AmqpConsumer:
    """Return the consumer of the AMQP ingress, not yet started."""
    settings = deps.settings
    stopping = threading.Event()
    http_client = HttpClient(settings.networks)
    handler = MessageHandler(deps, http_client, publisher, stopping=stopping)
    return AmqpConsumer(
        settings.resolved_broker_url, settings.amqp_tenants, handler, stopping=stopping
    )
