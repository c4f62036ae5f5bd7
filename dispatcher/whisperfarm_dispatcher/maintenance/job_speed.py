"""How long jobs hold a slot, from those that ended lately."""

import time
from collections.abc import Callable, Mapping

from whisperfarm_store.ledger import Ledger, Throughput

DEFAULT_SPEED = 10.0
"""Seconds of audio per second in a slot, until it is measured."""

JOB_OVERHEAD_S = 0.1
"""Seconds for which a job holds its slot, whatever its length."""

WINDOW_S = 300.0
MAX_AGE_S = 10.0
"""The period over which the speed is measured, and how old the measured value may be."""


class JobSpeed:
    """The speed of jobs by preset. It queries the ledger at most once in `MAX_AGE_S` seconds."""

    def __init__(self, ledger: Ledger, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._ledger = ledger
        self._clock = clock
        self._measured_at = float("-inf")
        self._speeds: Mapping[str, float] = {}

    def work_s(self, preset: str, audio_s: float) -> float:
        """Return the seconds for which a job is expected to hold its slot."""
        if self._clock() - self._measured_at > MAX_AGE_S:
            finished = self._ledger.backlog.throughput(within_s=WINDOW_S)
            self._speeds = {**self._speeds, **speeds(finished)}
            self._measured_at = self._clock()
        return JOB_OVERHEAD_S + audio_s / self._speeds.get(preset, DEFAULT_SPEED)


def speeds(finished: list[Throughput]) -> dict[str, float]:
    """Return the seconds of audio per second in a slot, by preset; idle ones are missing."""
    audio_s: dict[str, float] = {}
    busy_s: dict[str, float] = {}
    for one in finished:
        audio_s[one.preset] = audio_s.get(one.preset, 0.0) + one.load.audio_s
        busy_s[one.preset] = busy_s.get(one.preset, 0.0) + one.busy_s
    return {
        preset: audio_s[preset] / busy_s[preset]
        for preset in audio_s
        if audio_s[preset] > 0 and busy_s[preset] > 0
    }
