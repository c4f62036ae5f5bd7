import pytest
from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_dispatcher.callbacks.schedule import (
    HOUR_S,
    MAX_RETRY_AFTER_S,
    MAX_TRIES,
    pause_s,
    retry_after_s,
)

CHANCES = st.floats(0, 1)


def test_retries_span_about_three_days() -> None:
    for chance in (0.0, 0.5, 1.0):
        total_s = sum(pause_s(tries, chance=chance) or 0 for tries in range(1, 100))
        assert 2.5 * 24 * HOUR_S <= total_s <= 4 * 24 * HOUR_S


@given(CHANCES)
def test_pauses_grow_despite_jitter(chance: float) -> None:
    pauses = [pause_s(tries, chance=chance) for tries in range(1, MAX_TRIES)]
    known = [pause for pause in pauses if pause is not None]
    assert pauses == sorted(known)


def test_pause_is_none_after_the_last_try() -> None:
    assert pause_s(MAX_TRIES - 1, chance=0.5) is not None
    assert pause_s(MAX_TRIES, chance=0.5) is None
    assert pause_s(MAX_TRIES, chance=0.5, requested_s=10) is None


def test_jitter_spreads_pauses() -> None:
    assert pause_s(2, chance=0.0) == pytest.approx(24)
    assert pause_s(2, chance=1.0) == pytest.approx(36)


def test_retry_after_only_lengthens_the_pause() -> None:
    assert pause_s(1, chance=0.5, requested_s=120) == 120
    assert pause_s(2, chance=0.5, requested_s=1) == 30
    assert pause_s(1, chance=0.5, requested_s=1e9) == MAX_RETRY_AFTER_S


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 60),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    now_s = 1_792_567_620.0  # 07:27:00 on that day
    assert retry_after_s(header, now_s=now_s) == seconds
