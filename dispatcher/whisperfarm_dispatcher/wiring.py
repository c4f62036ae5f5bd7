"""Which adapters the settings name."""

from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.broker import Publisher, celery_app
from whisperfarm_store.ledger import open_ledger
from whisperfarm_store.notifications import open_wakeups


def build(settings: DispatcherSettings) -> Parts:
    """The parts of a dispatcher, the ledger's tables brought up to date.

    Raises `SettingsWrong` for what can not be used, `FarmUnavailable` for a ledger that is away.
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
