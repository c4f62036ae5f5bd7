"""A pause keeps jobs from being dispatched, by any dispatcher, until it is ended."""

import pytest

from tests.support.jobs import new_job
from whisperfarm_store.ledger import WHOLE_FARM, Ledger, Pause


@pytest.fixture
def ids(ledger: Ledger) -> dict[str, str]:
    """Return a queued job for each of two presets."""
    presets = ("demo", "fast")
    return {preset: ledger.jobs.insert(new_job(preset=preset)).id for preset in presets}


def available(ledger: Ledger) -> set[str]:
    return {job.id for job in ledger.dispatch.list_available(10)}


def test_pause_of_a_preset_keeps_its_jobs_in_the_ledger(
    ledger: Ledger, ids: dict[str, str]
) -> None:
    ledger.pauses.set(Pause(preset="demo"))
    assert available(ledger) == {ids["fast"]}
    assert ledger.dispatch.mark(list(ids.values())) == {ids["fast"]}
    ledger.pauses.end("demo")
    assert available(ledger) == {ids["demo"]}


def test_pause_of_the_farm_concerns_all_presets(ledger: Ledger, ids: dict[str, str]) -> None:
    ledger.pauses.set(Pause())
    assert ledger.dispatch.mark(list(ids.values())) == set()
    assert ledger.pauses.end()
    assert ledger.dispatch.mark(list(ids.values())) == set(ids.values())


def test_pause_of_new_jobs_alone_keeps_no_job_in_the_ledger(
    ledger: Ledger, ids: dict[str, str]
) -> None:
    ledger.pauses.set(Pause(dispatch=False))
    assert available(ledger) == set(ids.values())


def test_dispatched_job_is_claimed_during_a_pause(ledger: Ledger, ids: dict[str, str]) -> None:
    ledger.dispatch.mark([ids["demo"]])
    ledger.pauses.set(Pause())
    assert ledger.attempts.claim(ids["demo"], worker="w", lease_s=60) is not None


def test_second_pause_replaces_the_first(ledger: Ledger) -> None:
    ledger.pauses.set(Pause(preset="fast", reason="first"))
    second = ledger.pauses.set(Pause(preset="fast", accept=False, reason="second", retry_after_s=7))
    farm = ledger.pauses.set(Pause(dispatch=False))
    assert ledger.pauses.list() == [farm, second]
    assert (second.paused, second.reason, second.retry_after_s) == (("dispatch",), "second", 7)
    assert second.paused_at > 0
    assert (farm.preset, farm.paused) == (WHOLE_FARM, ("accept",))


def test_end_returns_whether_there_was_a_pause(ledger: Ledger) -> None:
    ledger.pauses.set(Pause())
    assert [ledger.pauses.end("demo"), ledger.pauses.end(), ledger.pauses.end()] == [
        *(False, True),
        False,
    ]
