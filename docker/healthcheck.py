#!/opt/venv/bin/python -IS
"""Check the health of the container's main process: exit code 0 or 1.

The command of process 1 selects the port and path, so that this file works in every image and for
every command. It imports little, because it runs every few seconds.
"""

import http.client
import os
import sys
from pathlib import Path

_TIMEOUT_S = 4.0


def question(command: list[str], environ: dict[str, str]) -> tuple[int, str] | None:
    """Return the port and path to request, or `None` if the command runs no server."""
    serving = next((word for word in command if word in _QUESTIONS), None)
    if serving is None:
        return None
    variable, port, path = _QUESTIONS[serving]
    return int(environ.get(variable) or port), path


_QUESTIONS = {
    # command: (variable of its port, default port, path)
    "dispatcher": ("WHISPERFARM_PORT", 8000, "/healthz"),
    "worker": ("WHISPERFARM_METRICS_PORT", 9464, "/readyz"),
    "up": ("WHISPERFARM_PORT", 8000, "/readyz"),
    "watch": ("WHISPERFARM_METRICS_PORT", 9464, "/readyz"),
    "flower": ("WHISPERFARM_FLOWER_PORT", 5555, "/healthcheck"),
}


def main() -> None:
    """Send the request, print the status, and exit."""
    command = Path("/proc/1/cmdline").read_bytes().decode(errors="replace").split("\0")
    asked = question(command, dict(os.environ))
    if asked is None:
        print("no health check: the container's command is not a part of the farm")
        return
    port, path = asked
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
        connection.request("GET", path)
        status = connection.getresponse().status
    except OSError as error:
        sys.exit(f"port {port} does not answer: {error}")
    print(f"{path} on port {port}: {status}")
    sys.exit(0 if status == http.HTTPStatus.OK else 1)


if __name__ == "__main__":
    main()
