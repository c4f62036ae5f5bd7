"""Refuses new jobs while an operator has paused the farm or their preset."""

from collections.abc import Iterable

from whisperfarm_contract.problems import FarmPaused
from whisperfarm_store.ledger import WHOLE_FARM, Pause


def check(pauses: Iterable[Pause], preset: str | None) -> None:
    """Raise `FarmPaused` if the farm, or the preset if it is known, accepts no jobs."""
    for pause in pauses:
        if pause.accept and pause.concerns(WHOLE_FARM if preset is None else preset):
            raise FarmPaused(_detail(pause), retry_after_s=pause.retry_after_s)


def _detail(pause: Pause) -> str:
    subject = f"the model {pause.preset!r}" if pause.preset else "the farm"
    reason = f": {pause.reason}" if pause.reason else ""
    return f"an operator has paused {subject}{reason}; send the job again later"
