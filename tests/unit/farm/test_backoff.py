from whisperfarm.supervisor.backoff import MAX_S, MIN_S, STABLE_AFTER_S, Backoff


def test_wait_doubles_after_each_quick_exit() -> None:
    backoff = Backoff()
    waits = [backoff.next_after(uptime_s=1) for _ in range(3)]
    assert waits == [MIN_S, 2 * MIN_S, 4 * MIN_S]


def test_wait_has_a_maximum() -> None:
    backoff = Backoff()
    assert max(backoff.next_after(uptime_s=0) for _ in range(20)) == MAX_S


def test_wait_is_reset_after_a_stable_run() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.next_after(uptime_s=0)
    assert backoff.next_after(uptime_s=STABLE_AFTER_S) == MIN_S
