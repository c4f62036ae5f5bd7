"""Signals that ask the command to end."""

import signal
from types import FrameType

from whisperfarm_client.errors import Stopped

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def raise_on_signals() -> None:
    """From now on the first such signal raises `Stopped`; the next one ends the process at once."""
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, _frame: FrameType | None) -> None:
    for other in _ENDING:
        signal.signal(other, signal.SIG_DFL)
    raise Stopped(number)
