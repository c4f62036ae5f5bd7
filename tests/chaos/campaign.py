"""A campaign: kills at all crash points in one farm under load."""

import random
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.chaos.callback_receiver import receiver
from tests.chaos.callers import Callers
from tests.chaos.checker import Verdict, check
from tests.chaos.farm import ChaosFarm, PlannedKill, start_farm
from tests.chaos.points import POINTS
from tests.chaos.process_spawner import ProcessSpawner
from tests.support.waiting import until

_DEADLINE_S = 900.0
_MAX_NTH = 3
_POLL_S = 2.0
_CALLBACK_TIMEOUT_S = 120.0


def plan_kills(count: int, *, having: Iterable[str], rng: random.Random) -> list[PlannedKill]:
    """Plan `count` kills, spread evenly over the crash points, in random order.

    `having` names what the farm has; crash points that need something else are omitted.
    """
    reachable = [name for name, point in POINTS.items() if not point.needs or point.needs in having]
    rng.shuffle(reachable)
    names = [reachable[number % len(reachable)] for number in range(count)]
    rng.shuffle(names)
    return [PlannedKill(point=name, nth=rng.randint(1, _MAX_NTH)) for name in names]


def run(
    process_spawner: ProcessSpawner,
    folder: Path,
    planned: list[PlannedKill],
    *,
    callers: int = 8,
    seed: int = 0,
    deadline_s: float = _DEADLINE_S,
    **options: Any,
) -> Verdict:
    """Run a farm under load, inject the kills, and check the history of all jobs.

    A farm with RabbitMQ also has the AMQP ingress. Kills that remain after `deadline_s` are
    abandoned; the verdict names their crash points in `not_reached`.
    """
    broker_url = options.get("WHISPERFARM_BROKER_URL", "")
    ingress = {"WHISPERFARM_AMQP_INGRESS": str(bool(broker_url))}
    with (
        receiver() as callbacks,
        start_farm(process_spawner, folder, **ingress, **options) as farm,
        Callers(farm.urls, folder / "recordings", callers, seed, callbacks, broker_url) as workload,
    ):
        farm.inject_kills(*planned)
        _await_kills(farm, deadline_s)
        finish(farm, workload)
        return check(farm, workload.submissions, callbacks)


def _await_kills(farm: ChaosFarm, deadline_s: float) -> None:
    deadline = time.monotonic() + deadline_s
    while not farm.kills_are_done:
        time.sleep(_POLL_S)
        if time.monotonic() > deadline:
            farm.abandon_kills()
        farm.kill_worker_for_rescue()


def finish(farm: ChaosFarm, workload: Callers) -> None:
    """Wait until all accepted jobs have ended and all callbacks are delivered."""
    workload.finish()
    reader = farm.ledger_reader
    with suppress(AssertionError):  # the checker reports missing callbacks
        until(lambda: not reader.callbacks_due(), "all callbacks", within_s=_CALLBACK_TIMEOUT_S)
