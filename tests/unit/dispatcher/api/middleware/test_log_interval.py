import pytest

from whisperfarm_dispatcher.api.middleware.log_interval import LOG_INTERVAL_S, LogInterval


@pytest.mark.parametrize("max_events", [1, 2])
def test_log_interval_lets_events_pass_up_to_a_number(max_events: int) -> None:
    now = [0.0]
    interval = LogInterval(lambda: now[0], max_events=max_events)
    for at in (0.0, LOG_INTERVAL_S):
        now[0] = at
        assert sum(interval.is_due() for _ in range(5)) == max_events
