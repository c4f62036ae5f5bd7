"""Connections to addresses that callers chose.

Such an address could lead to servers that only the farm can reach (SSRF). Its host is resolved
once, the result is checked, and the connection goes to the checked address. The rest of the
dispatcher makes no connection to addresses of callers.

- `networks`: which networks are allowed
- `targets`: which URLs are allowed
- `backend`: resolves, checks and connects
- `client`: makes one request over such a connection
"""

from whisperfarm_dispatcher.egress.client import HttpClient, HttpResponse
from whisperfarm_dispatcher.egress.networks import ALL_NETWORKS, Networks, read_networks
from whisperfarm_dispatcher.egress.targets import read_target

__all__ = ["ALL_NETWORKS", "HttpClient", "HttpResponse", "Networks", "read_networks", "read_target"]
