"""The door as the settings have it."""

import threading

from whisperfarm_dispatcher.doors.rabbitmq.desk import Desk
from whisperfarm_dispatcher.doors.rabbitmq.door import Door
from whisperfarm_dispatcher.outgoing import Outgoing
from whisperfarm_dispatcher.parts import Parts
from whisperfarm_dispatcher.post import Post


def open_door(parts: Parts, post: Post) -> Door:
    """The door; it is to be started."""
    settings = parts.settings
    stopping = threading.Event()
    outgoing = Outgoing(settings.networks)
    desk = Desk(parts, outgoing, post, stopping=stopping)
    return Door(settings.messages_url, settings.rabbitmq_tenants, desk, stopping=stopping)
