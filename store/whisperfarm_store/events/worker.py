"""The worker's process."""

from collections.abc import Sequence
from logging import ERROR, INFO, WARNING

from whisperfarm_store.events.event import WORKER, event


# Scripts of earlier deployments search the log for this sentence.
@event(INFO, WORKER, name="Running in OFFLINE mode")
def offline() -> None:
    """Libraries load nothing from the internet."""


@event(INFO, WORKER)
def scratch_removed(*, folder: str) -> None:
    """A scratch folder of a worker that was killed was deleted."""


@event(INFO, WORKER)
def models_loaded(*, took_s: float) -> None:
    """The models of all presets are loaded."""


@event(INFO, WORKER)
def ready(*, presets: Sequence[str], concurrency: int, took_s: float | None) -> None:
    """The worker takes jobs. `took_s` is the time since the start, null after a reconnect."""


@event(WARNING, WORKER)
def consumer_restarted() -> None:
    """The broker closed the connection or its channel; the worker connects again."""


@event(WARNING, WORKER)
def heartbeat_failed(*, error: str) -> None:
    """The ledger did not record the worker's heartbeat."""


@event(INFO, WORKER)
def drain_requested() -> None:
    """`whisperfarm drain` asks the worker to drain."""


@event(INFO, WORKER)
def draining(*, jobs: int, drain_s: float) -> None:
    """The worker takes no more jobs, and those in progress have `drain_s` seconds to end."""


@event(WARNING, WORKER)
def exit_forced(*, within_s: float) -> None:
    """The exit took longer than `within_s` seconds after the drain; rescue requeues the jobs."""


@event(WARNING, WORKER)
def deregister_failed(*, error: str) -> None:
    """The ledger did not record that the worker ended; its heartbeat runs out."""


@event(ERROR, WORKER)
def device_failed(*, exit_code: int) -> None:
    """The device does not work any more: the worker requeues its jobs and exits."""
