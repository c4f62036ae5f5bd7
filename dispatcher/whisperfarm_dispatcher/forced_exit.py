"""Ends the process if it does not stop in time, whatever hangs by then.

A call to a server that accepts connections and never answers has no timeout in its thread, and
Python waits for such threads before it exits.
"""

import os
import sys
import threading

from whisperfarm_store import events

EXIT_CODE = 1
"""Exit code of a process that did not stop in time."""


def exit_after(delay_s: float) -> None:
    """End the process after `delay_s` seconds unless it has ended by then."""
    timer = threading.Timer(delay_s, _exit, [delay_s])
    timer.daemon = True
    timer.start()


def _exit(delay_s: float) -> None:
    events.dispatcher.exit_forced.log(within_s=delay_s)
    sys.stderr.flush()
    os._exit(EXIT_CODE)
