"""Signals that end the command."""

import signal
from types import FrameType

from whisperfarm_client.errors import Stopped

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def raise_on_signals() -> None:
    """Raise `Stopped` in the main thread at the first signal; the next one ends the process."""
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, _frame: FrameType | None) -> None:
    for other in _ENDING:
        signal.signal(other, signal.SIG_DFL)
    raise Stopped(number)
