"""Kills at every point, one after the other and several at once, in one farm under load."""

import random
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.chaos.callers import Callers
from tests.chaos.checker import Verdict, judge
from tests.chaos.farm import Farm, Trial, farm
from tests.chaos.points import POINTS
from tests.chaos.process_spawner import ProcessSpawner
from tests.chaos.receiver import receiver
from tests.support.waiting import until

_DEADLINE_S = 900.0
_DEEPEST = 3
_LOOK_S = 2.0
_TOLD_WITHIN_S = 120.0


def trials(count: int, *, having: Iterable[str], chance: random.Random) -> list[Trial]:
    """So many trials, at all points alike, in a random order.

    `having` is what the farm has, of the things that points need.
    """
    there = [name for name, point in POINTS.items() if not point.needs or point.needs in having]
    chance.shuffle(there)
    names = [there[number % len(there)] for number in range(count)]
    chance.shuffle(names)
    return [Trial(point=name, nth=chance.randint(1, _DEEPEST)) for name in names]


def run(
    process_spawner: ProcessSpawner,
    folder: Path,
    wanted: list[Trial],
    *,
    callers: int = 8,
    seed: int = 0,
    deadline_s: float = _DEADLINE_S,
    **how: Any,
) -> Verdict:
    """The verdict on a farm whose processes died in all these ways.

    One that has RabbitMQ opens its door there, too.
    Trials that are left after `deadline_s` are not made, and the verdict names their points.
    """
    broker_url = how.get("WHISPERFARM_BROKER_URL", "")
    ingress = {"WHISPERFARM_AMQP_INGRESS": str(bool(broker_url))}
    with receiver() as received, farm(process_spawner, folder, **ingress, **how) as suffering:
        load = Callers(suffering.urls, folder / "recordings", callers, seed, received, broker_url)
        load.start()
        suffering.try_out(*wanted)
        _see_through(suffering, deadline_s)
        finish(suffering, load)
        return judge(suffering, load.promises, received)


def _see_through(suffering: Farm, deadline_s: float) -> None:
    deadline = time.monotonic() + deadline_s
    while not suffering.at_peace:
        time.sleep(_LOOK_S)
        if time.monotonic() > deadline:
            suffering.give_up()
        suffering.shake()


def finish(suffering: Farm, load: Callers) -> None:
    """Let everything that was promised come to its end."""
    load.finish()
    book = suffering.book
    with suppress(AssertionError):  # the verdict says who was not told
        until(lambda: not book.callbacks_due(), "the last callback", within_s=_TOLD_WITHIN_S)
