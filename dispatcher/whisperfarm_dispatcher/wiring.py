"""Builds the dispatcher's adapters from the settings."""

from whisperfarm_dispatcher.configuration_audit import record_configuration
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.broker import Publisher, celery_app
from whisperfarm_store.ledger import open_ledger
from whisperfarm_store.notifications import open_notifications


def build_dependencies(settings: DispatcherSettings) -> Dependencies:
    """Return the dependencies of a dispatcher, after migrating the ledger.

    Raises `InvalidSettings` for invalid settings and `FarmUnavailable` if the ledger is
    unavailable.
    """
    ledger = open_ledger(settings.resolved_database_url, custody=settings.custody)
    ledger.migrate()
    presets = settings.served_presets()
    record_configuration(ledger.audit_log, settings, presets)
    return Dependencies(
        settings=settings,
        presets=presets,
        ledger=ledger,
        blobs=open_blobs(settings),
        publisher=Publisher(celery_app(settings)),
        notifications=open_notifications(settings, ledger.jobs),
    )
