"""Builds the senders of callbacks from the settings."""

from collections.abc import Mapping

from whisperfarm_dispatcher.amqp.publisher import Post
from whisperfarm_dispatcher.callbacks.amqp import QueueCallbacks
from whisperfarm_dispatcher.callbacks.delivery import Attempt
from whisperfarm_dispatcher.callbacks.http import HttpCallbacks
from whisperfarm_dispatcher.egress import Outgoing
from whisperfarm_dispatcher.settings import DispatcherSettings


def ways(settings: DispatcherSettings, post: Post | None) -> Mapping[str, Attempt]:
    """Return the sender of each kind of callback. Without RabbitMQ, `post` is `None`."""
    found = {"http": HttpCallbacks(Outgoing(settings.networks), settings.secrets).attempt}
    if post is not None:
        found["amqp"] = QueueCallbacks(post).attempt
    return found
