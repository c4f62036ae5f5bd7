"""Opens the notifications that the settings name."""

from whisperfarm_store.ledger import Jobs
from whisperfarm_store.notifications.polling import PollingNotifications
from whisperfarm_store.notifications.port import Notifications
from whisperfarm_store.settings import StoreSettings


def open_notifications(settings: StoreSettings, jobs: Jobs) -> Notifications:
    """Open the notifications of a farm without a connection yet. Raises `InvalidSettings`."""
    if settings.redis_url is None:
        return PollingNotifications(jobs)
    from whisperfarm_store.notifications.redis import RedisNotifications

    return RedisNotifications(settings.redis_url.get_secret_value(), jobs)
