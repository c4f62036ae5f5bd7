"""Notifications: a caller that waits for a job learns at once that it has ended.

- `port`: the interface
- `polling`: asks the ledger
- `redis`, `subscription`: publishes and subscribes through Redis, and asks the ledger in between
- `waiters`: the callers that wait in this process
- `factory`: the one that the settings name
"""

from whisperfarm_store.notifications.factory import open_wakeups
from whisperfarm_store.notifications.polling import PollingWakeups
from whisperfarm_store.notifications.port import Wakeups

__all__ = ["PollingWakeups", "Wakeups", "open_wakeups"]
