from whisperfarm.supervisor.backoff import FIRST_S, LONGEST_S, STEADY_S, Backoff


def test_waits_double_with_every_quick_death() -> None:
    backoff = Backoff()
    waits = [backoff.after(ran_s=1) for _ in range(3)]
    assert waits == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S]


def test_waits_have_a_longest() -> None:
    backoff = Backoff()
    assert max(backoff.after(ran_s=0) for _ in range(20)) == LONGEST_S


def test_a_steady_run_is_forgiven_what_came_before() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.after(ran_s=0)
    assert backoff.after(ran_s=STEADY_S) == FIRST_S
