"""Builds the AMQP ingress from the settings."""

import threading

from whisperfarm_dispatcher.amqp.consumer import Door
from whisperfarm_dispatcher.amqp.handler import Desk
from whisperfarm_dispatcher.amqp.publisher import Post
from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.egress import Outgoing


def open_door(parts: Parts, post: Post) -> Door:
    """Return the consumer, not yet started."""
    settings = parts.settings
    stopping = threading.Event()
    outgoing = Outgoing(settings.networks)
    desk = Desk(parts, outgoing, post, stopping=stopping)
    return Door(settings.messages_url, settings.rabbitmq_tenants, desk, stopping=stopping)
