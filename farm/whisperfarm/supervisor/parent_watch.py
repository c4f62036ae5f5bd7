"""Ends a part that `whisperfarm up` started when its supervisor ends."""

import ctypes
import os
import signal
import sys

SUPERVISOR_PID_VARIABLE = "WHISPERFARM_SUPERVISOR_PID"
"""Environment variable with the supervisor's process id, set for its child processes."""

_PR_SET_PDEATHSIG = 1


def end_with_supervisor() -> None:
    """Request SIGTERM from the kernel when the supervisor dies; do nothing without a supervisor."""
    supervisor = os.environ.pop(SUPERVISOR_PID_VARIABLE, None)
    if supervisor is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):  # it died before the request
        raise SystemExit(1)
