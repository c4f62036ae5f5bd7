"""Who runs a command, as the audit log names them."""

import getpass
import socket

from whisperfarm_contract.audit import Actor


def local_actor() -> Actor:
    """Return the user of this process at this machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container may run as a number without a name
        user = "unknown"
    return Actor(f"{user}@{socket.gethostname()}")
