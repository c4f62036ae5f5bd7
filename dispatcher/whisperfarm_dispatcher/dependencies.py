"""What the dispatcher works with; the wiring builds it, the tests choose it."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from whisperfarm_contract.presets import Preset
from whisperfarm_dispatcher.maintenance.dispatch import Publisher
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_dispatcher.submission.backlog import Backlog
from whisperfarm_dispatcher.submission.quota import Bounds
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.notifications import Wakeups


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The shared state of the farm, and two signals.

    `served` are the presets of this farm, the default first. `work` is set when there are jobs to
    give out. `closing` is set when the process is about to end: whoever waits then answers with
    what there is. `backlog` counts the work in the ledger.
    """

    settings: DispatcherSettings
    served: Mapping[str, Preset]
    ledger: Ledger
    blobs: Blobs
    publisher: Publisher
    wakeups: Wakeups
    work: threading.Event = field(default_factory=threading.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    backlog: Backlog = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "backlog", _backlog(self.ledger, self.settings))


def _backlog(ledger: Ledger, settings: DispatcherSettings) -> Backlog:
    return Backlog(
        ledger,
        farm=Bounds(jobs=settings.max_backlog_jobs, audio_s=settings.max_backlog_audio_s),
        tenant=Bounds(jobs=settings.max_tenant_jobs, audio_s=settings.max_tenant_audio_s),
    )
