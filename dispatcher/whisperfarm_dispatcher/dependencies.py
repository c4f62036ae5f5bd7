"""Dependencies of the dispatcher. `wiring` builds them; tests pass their own."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from whisperfarm_contract.presets import Preset
from whisperfarm_dispatcher.custody.exports import Exports
from whisperfarm_dispatcher.maintenance.dispatch import Publisher
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_dispatcher.submission.backlog import Backlog
from whisperfarm_dispatcher.submission.daily_quota import DailyQuota
from whisperfarm_dispatcher.submission.quota import Quota
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.notifications import JobChanges, Notifications


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """Adapters of the farm's shared state, and two signals.

    `presets` are the farm's presets, the default first. `jobs_available` is set when there are jobs
    to dispatch. `shutting_down` is set at shutdown: requests that wait for a job then return at
    once.
    """

    settings: DispatcherSettings
    presets: Mapping[str, Preset]
    ledger: Ledger
    blobs: Blobs
    publisher: Publisher
    notifications: Notifications
    jobs_available: threading.Event = field(default_factory=threading.Event)
    shutting_down: asyncio.Event = field(default_factory=asyncio.Event)
    changes: JobChanges = field(init=False)
    backlog: Backlog = field(init=False)
    exports: Exports = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "changes", JobChanges(self.ledger.changes))
        object.__setattr__(self, "backlog", _backlog(self.ledger, self.settings))
        object.__setattr__(self, "exports", Exports(self.ledger.custody))


def _backlog(ledger: Ledger, settings: DispatcherSettings) -> Backlog:
    return Backlog(
        ledger,
        farm=Quota(jobs=settings.max_backlog_jobs, audio_s=settings.max_backlog_audio_s),
        tenant=Quota(jobs=settings.max_tenant_jobs, audio_s=settings.max_tenant_audio_s),
        daily=DailyQuota(
            jobs=settings.max_tenant_jobs_per_day, audio_s=settings.max_tenant_audio_s_per_day
        ),
    )
