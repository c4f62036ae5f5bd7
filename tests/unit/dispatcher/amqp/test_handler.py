import pytest

from whisperfarm_contract.problems import (
    AddressUnreachable,
    AudioEmpty,
    ClientError,
    FarmBusy,
    FarmUnavailable,
    Problem,
    StorageFull,
)
from whisperfarm_dispatcher.amqp.handler import MAX_RETRY_DELAY_S, MAX_TRIES, retry_delay_s


@pytest.mark.parametrize("problem", [ClientError(), AudioEmpty()])
def test_retry_delay_is_none_for_an_invalid_message(problem: Problem) -> None:
    assert retry_delay_s(problem, 1) is None


@pytest.mark.parametrize("problem", [FarmUnavailable(), StorageFull(), FarmBusy()])
def test_retry_delay_never_ends_for_an_unavailable_farm(problem: Problem) -> None:
    pauses = [retry_delay_s(problem, tries) for tries in (1, 2, 3, 10, 100_000)]
    assert pauses == [1, 2, 4, MAX_RETRY_DELAY_S, MAX_RETRY_DELAY_S]


def test_retry_delay_follows_retry_after() -> None:
    assert retry_delay_s(FarmBusy(retry_after_s=20), 1) == 20
    assert retry_delay_s(FarmBusy(retry_after_s=3600), 1) == MAX_RETRY_DELAY_S


@pytest.mark.parametrize("problem", [AddressUnreachable(), Problem("a fault")])
def test_unreachable_addresses_are_retried_a_few_times(problem: Problem) -> None:
    pauses = [retry_delay_s(problem, tries) for tries in range(1, MAX_TRIES + 1)]
    assert pauses == [1, 2, 4, 8, None]
