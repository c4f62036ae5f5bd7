"""Opens the notifications that the settings name."""

from whisperfarm_store.notifications.polling import PollingNotifications
from whisperfarm_store.notifications.port import Notifications
from whisperfarm_store.notifications.waiters import FinishedJobs
from whisperfarm_store.settings import StoreSettings


def open_notifications(settings: StoreSettings, ledger: FinishedJobs) -> Notifications:
    """Open the notifications of a farm without a connection yet. Raises `InvalidSettings`."""
    if settings.redis_url is None:
        return PollingNotifications(ledger)
    from whisperfarm_store.notifications.redis import RedisNotifications

    return RedisNotifications(settings.redis_url.get_secret_value(), ledger)
