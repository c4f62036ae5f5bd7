"""Known speakers."""

from logging import INFO

from whisperfarm_store.events.event import ATTEMPT, WORKER, event


@event(INFO, WORKER, bound=ATTEMPT)
def compared(*, named: int, unnamed: int) -> None:
    """The voices of a job's speakers were compared with enrolled ones; `named` got a name."""
