import pytest

from whisperfarm_contract.problems import (
    AddressUnreachable,
    AudioEmpty,
    BadRequest,
    FarmBusy,
    FarmUnavailable,
    Problem,
    StorageFull,
)
from whisperfarm_dispatcher.amqp.handler import LONGEST_PAUSE_S, MOST_TRIES, pause_s


@pytest.mark.parametrize("problem", [BadRequest(), AudioEmpty()])
def test_a_bad_message_is_never_tried_again(problem: Problem) -> None:
    assert pause_s(problem, 1) is None


@pytest.mark.parametrize("problem", [FarmUnavailable(), StorageFull(), FarmBusy()])
def test_while_the_farm_can_not_take_it_a_message_waits_for_ever(problem: Problem) -> None:
    pauses = [pause_s(problem, tries) for tries in (1, 2, 3, 10, 100_000)]
    assert pauses == [1, 2, 4, LONGEST_PAUSE_S, LONGEST_PAUSE_S]


def test_what_a_busy_farm_asks_for_is_heeded() -> None:
    assert pause_s(FarmBusy(retry_after_s=20), 1) == 20
    assert pause_s(FarmBusy(retry_after_s=3600), 1) == LONGEST_PAUSE_S


@pytest.mark.parametrize("problem", [AddressUnreachable(), Problem("a fault")])
def test_addresses_and_faults_are_tried_a_few_times(problem: Problem) -> None:
    pauses = [pause_s(problem, tries) for tries in range(1, MOST_TRIES + 1)]
    assert pauses == [1, 2, 4, 8, None]
