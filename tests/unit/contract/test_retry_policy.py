import pytest
from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_contract.retry_policy import RetryPolicy

POLICY = RetryPolicy(initial_s=2.0, coefficient=3.0, max_s=50.0, jitter=0.5)


def test_delay_grows_by_the_coefficient_up_to_the_maximum() -> None:
    delays = [POLICY.delay_s(failures, chance=0.5) for failures in range(1, 6)]
    assert delays == [2, 6, 18, 50, 50]


def test_jitter_makes_a_delay_shorter_or_longer() -> None:
    assert [POLICY.delay_s(1, chance=chance) for chance in (0.0, 0.5, 1.0)] == [1, 2, 3]


def test_policy_without_jitter_ignores_chance() -> None:
    policy = RetryPolicy(initial_s=1.0, max_s=9.0, jitter=0.0)
    assert policy.delay_s(2, chance=0.0) == policy.delay_s(2, chance=1.0) == 2


@given(st.integers(1, 10**9), st.floats(0, 1))
def test_delay_stays_within_the_jitter_of_its_bounds(failures: int, chance: float) -> None:
    delay_s = POLICY.delay_s(failures, chance=chance)
    assert POLICY.initial_s * 0.5 <= delay_s <= POLICY.max_s * 1.5


def test_policy_is_immutable() -> None:
    with pytest.raises(AttributeError):
        POLICY.max_s = 1.0  # type: ignore[misc]
