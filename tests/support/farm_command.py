"""Runs the command `whisperfarm` in a process of its own."""

import subprocess
import sys

from tests.support.environment import environment


def whisperfarm(*line: object, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end, with `settings` in its environment."""
    return subprocess.run(
        [sys.executable, "-m", "whisperfarm", *map(str, line)],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
