"""Where a request came from, for the chain of custody of its job."""

from fastapi import Request

from whisperfarm_dispatcher.api.caller import Caller
from whisperfarm_store.ledger import Origin


def origin_of(request: Request) -> Origin:
    """Return the origin of an authorized request. Behind a proxy, the address is the proxy's."""
    caller: Caller = request.state.caller
    return Origin(
        ingress="http",
        key_id="" if caller.is_subject else caller.key_id,
        subject=caller.key_id if caller.is_subject else "",
        key_name=caller.key_name,
        address=request.client.host if request.client else "",
    )
