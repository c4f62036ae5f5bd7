"""Opens the notifications that the settings name."""

from whisperfarm_store.notifications.polling import PollingWakeups
from whisperfarm_store.notifications.port import Wakeups
from whisperfarm_store.notifications.waiters import Endings
from whisperfarm_store.settings import StoreSettings


def open_wakeups(settings: StoreSettings, ledger: Endings) -> Wakeups:
    """Open the notifications of a farm without a connection yet. Raises `SettingsWrong`."""
    if settings.redis_url is None:
        return PollingWakeups(ledger)
    from whisperfarm_store.notifications.redis import RedisWakeups

    return RedisWakeups(settings.redis_url.get_secret_value(), ledger)
