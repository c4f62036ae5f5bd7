"""Builds the two loops of the hub from the settings."""

from collections.abc import Iterator

from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.egress import ALL_NETWORKS, HttpClient
from whisperfarm_dispatcher.hub.farm import HubFarm
from whisperfarm_dispatcher.hub.hours import read_hours
from whisperfarm_dispatcher.hub.pace import Pace
from whisperfarm_dispatcher.hub.requests import Hub
from whisperfarm_dispatcher.hub.results import Results
from whisperfarm_dispatcher.hub.tries import Tries
from whisperfarm_dispatcher.hub.uploads import Uploads
from whisperfarm_store.periodic import PeriodicTask

_LEASE_FACTOR = 2.5
"""Lease in times of one request: a try to send a recording has up to two."""


def hub_tasks(deps: Dependencies) -> Iterator[PeriodicTask]:
    """Yield the tasks, if the settings name a hub."""
    settings, ledger, blobs = deps.settings, deps.ledger, deps.blobs
    if settings.hub_url is None:
        return
    interval_s, timeout_s = settings.hub_interval_s, settings.hub_timeout_s
    lease_s = _LEASE_FACTOR * timeout_s
    client = HttpClient(ALL_NETWORKS, ca_file=settings.hub_ca_file)
    hub = Hub(settings.hub_url, settings.hub_key_file, client, timeout_s)
    farm = HubFarm(hub, settings.hub_model)
    uploads = Uploads(
        ledger,
        blobs,
        farm,
        Tries(ledger, interval_s=interval_s),
        pace=Pace(bytes_per_s=settings.hub_bytes_per_s),
        hours=read_hours(settings.hub_hours),
        lease_s=lease_s,
    )
    tries = Tries(ledger, interval_s=interval_s)
    results = Results(ledger, blobs, farm, tries, interval_s=interval_s, lease_s=lease_s)
    yield PeriodicTask("hub uploads", uploads.run_once, interval_s=interval_s)
    yield PeriodicTask("hub results", results.run_once, interval_s=interval_s)
