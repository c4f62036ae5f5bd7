"""Connections that the farm makes because a caller named an address.

Callers choose the address, so each is a chance to reach what only the farm can reach. Here an
address is looked up once, checked, and connected to as checked; nothing else in the dispatcher
opens connections for callers.

- `networks`: which addresses are for callers to name
- `targets`: what a URL may look like
- `connecting`: looking up, checking, connecting
- `requests`: one request over such a connection
"""

from whisperfarm_dispatcher.egress.client import Answer, Outgoing
from whisperfarm_dispatcher.egress.networks import Networks, read_networks
from whisperfarm_dispatcher.egress.targets import read_target

__all__ = ["Answer", "Networks", "Outgoing", "read_networks", "read_target"]
