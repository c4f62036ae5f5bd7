"""The problem of a chain of custody that is not what was written."""

from whisperfarm_contract.problems import ServerError


class CustodyBroken(ServerError):
    """A chain of custody, its signature or its recording was changed."""

    name = "custody-broken"
    exit_code = 65
