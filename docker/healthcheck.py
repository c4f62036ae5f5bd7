#!/opt/venv/bin/python -IS
"""Ask the process that this container was started for how it is: exit code 0 or 1.

Which question fits stands in the command of process 1, so that one file serves every image and
whatever command it is given. Standard library only, and little of it: it runs every few seconds.
"""

import http.client
import os
import sys
from pathlib import Path

_TIMEOUT_S = 4.0


def question(command: list[str], environ: dict[str, str]) -> tuple[int, str] | None:
    """Port and path to ask; `None` when the command is none that serves."""
    serving = next((word for word in command if word in _QUESTIONS), None)
    if serving is None:
        return None
    variable, port, path = _QUESTIONS[serving]
    return int(environ.get(variable) or port), path


_QUESTIONS = {
    # part: (variable of its port, the port without it, path)
    "dispatcher": ("WHISPERFARM_PORT", 8000, "/healthz"),
    "worker": ("WHISPERFARM_METRICS_PORT", 9464, "/readyz"),
    "up": ("WHISPERFARM_PORT", 8000, "/readyz"),
    "flower": ("WHISPERFARM_FLOWER_PORT", 5555, "/healthcheck"),
}


def main() -> None:
    """Ask, say what came, and end with it."""
    command = Path("/proc/1/cmdline").read_bytes().decode(errors="replace").split("\0")
    asked = question(command, dict(os.environ))
    if asked is None:
        print("nothing to ask: this container runs no part of a farm")
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
