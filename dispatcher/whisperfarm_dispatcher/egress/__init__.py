"""Connections to addresses that callers chose.

Such an address could lead to servers that only the farm can reach. It is looked up once, checked,
and connected to as checked; nothing else in the dispatcher connects to addresses of callers.

- `networks`: which networks are allowed
- `targets`: which URLs are allowed
- `backend`: looks up, checks and connects
- `client`: one request over such a connection
"""

from whisperfarm_dispatcher.egress.client import Answer, Outgoing
from whisperfarm_dispatcher.egress.networks import Networks, read_networks
from whisperfarm_dispatcher.egress.targets import read_target

__all__ = ["Answer", "Networks", "Outgoing", "read_networks", "read_target"]
