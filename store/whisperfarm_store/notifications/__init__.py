"""Notifications wake a caller that waits for a job as soon as the job has ended.

- `port`: the interface
- `polling`: polls the ledger
- `redis`, `subscription`: publish and subscribe through Redis, with slow polling of the ledger
- `waiters`: the callers that wait in this process
- `changes`, `followed`: changes of the states of jobs, for those who follow lists
- `factory`: opens what the settings name
"""

from whisperfarm_store.notifications.changes import JobChanges
from whisperfarm_store.notifications.factory import open_notifications
from whisperfarm_store.notifications.followed import Followed
from whisperfarm_store.notifications.polling import PollingNotifications
from whisperfarm_store.notifications.port import Notifications

__all__ = ["Followed", "JobChanges", "Notifications", "PollingNotifications", "open_notifications"]
