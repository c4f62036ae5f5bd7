"""Builds the dispatcher's adapters from the settings."""

from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.broker import Publisher, celery_app
from whisperfarm_store.ledger import open_ledger
from whisperfarm_store.notifications import open_wakeups


def build(settings: DispatcherSettings) -> Parts:
    """Return the dependencies of a dispatcher, after migrating the ledger.

    Raises `SettingsWrong` for invalid settings and `FarmUnavailable` if the ledger is unavailable.
    """
    ledger = open_ledger(settings.ledger_url)
    ledger.migrate()
    return Parts(
        settings=settings,
        served=settings.served(),
        ledger=ledger,
        blobs=open_blobs(settings),
        publisher=Publisher(celery_app(settings)),
        wakeups=open_wakeups(settings, ledger),
    )
