"""What a part does when `whisperfarm up` started it: end when the supervisor ends."""

import ctypes
import os
import signal
import sys

SUPERVISOR = "WHISPERFARM_SUPERVISOR_PID"
"""Environment variable that carries the supervisor's process id to its children."""

_PR_SET_PDEATHSIG = 1


def end_with_supervisor() -> None:
    """Ask the kernel for SIGTERM at the supervisor's death; without a supervisor, do nothing."""
    supervisor = os.environ.pop(SUPERVISOR, None)
    if supervisor is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):  # it died before the kernel was asked
        raise SystemExit(1)
