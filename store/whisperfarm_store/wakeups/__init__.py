"""How a waiting caller learns at once that its job has ended."""

from whisperfarm_store.wakeups.polling import PollingWakeups
from whisperfarm_store.wakeups.port import Wakeups
from whisperfarm_store.wakeups.wiring import open_wakeups

__all__ = ["PollingWakeups", "Wakeups", "open_wakeups"]
