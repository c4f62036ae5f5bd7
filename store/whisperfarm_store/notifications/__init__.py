"""How a waiting caller learns at once that its job has ended."""

from whisperfarm_store.notifications.factory import open_wakeups
from whisperfarm_store.notifications.polling import PollingWakeups
from whisperfarm_store.notifications.port import Wakeups

__all__ = ["PollingWakeups", "Wakeups", "open_wakeups"]
