"""Builds the senders of callbacks from the settings."""

from collections.abc import Mapping

from whisperfarm_contract.additions import PROTOCOL
from whisperfarm_dispatcher.additions.sender import build_sender
from whisperfarm_dispatcher.amqp.publisher import AmqpPublisher
from whisperfarm_dispatcher.callbacks.amqp import AmqpSender
from whisperfarm_dispatcher.callbacks.delivery import Send
from whisperfarm_dispatcher.callbacks.http import HttpSender
from whisperfarm_dispatcher.egress import HttpClient
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.blobs import Blobs


def build_senders(
    settings: DispatcherSettings, blobs: Blobs, publisher: AmqpPublisher | None
) -> Mapping[str, Send]:
    """Return the sender of each protocol. Without RabbitMQ, `publisher` is `None`."""
    senders = {
        "http": HttpSender(HttpClient(settings.networks), settings.secrets).send,
        PROTOCOL: build_sender(settings, blobs).send,
    }
    if publisher is not None:
        amqp_sender = AmqpSender(publisher, blobs, link_expires_s=settings.link_expires_s)
        senders["amqp"] = amqp_sender.send
    return senders
