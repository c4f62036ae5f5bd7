"""What a pod is to cost, and when that is worth a call."""

from dataclasses import replace

from whisperfarm_worker.deletion_cost.policy import AT_WORK, IDLE, Standing

AFTER_S = 10.0


def _due(standing: Standing, now: float) -> int | None:
    return standing.due(now=now, idle_after_s=AFTER_S)


def test_at_the_beginning_the_pod_is_made_cheap_whatever_it_was_before() -> None:
    assert _due(Standing().seen(in_hand=0, now=1.0), 1.0) == IDLE


def test_work_makes_it_dear_at_once() -> None:
    idle = Standing(told=IDLE)
    assert _due(idle.seen(in_hand=0, now=5.0), 5.0) is None
    assert _due(idle.seen(in_hand=1, now=5.0), 5.0) == AT_WORK


def test_it_is_cheap_again_only_after_a_while_without_work() -> None:
    standing = Standing(told=AT_WORK).seen(in_hand=2, now=100.0)
    assert _due(standing.seen(in_hand=0, now=109.9), 109.9) is None
    assert _due(standing.seen(in_hand=0, now=110.0), 110.0) == IDLE
    again = standing.seen(in_hand=1, now=105.0)
    assert _due(again.seen(in_hand=0, now=114.9), 114.9) is None


def test_what_is_told_is_not_told_again() -> None:
    standing, told = Standing(), []
    for now in range(100):
        standing = standing.seen(in_hand=now % 7 == 0, now=float(now))
        cost = _due(standing, float(now))
        if cost is not None:
            standing = replace(standing, told=cost)
            told.append(cost)
    assert told == [AT_WORK]


def test_an_idle_pod_costs_what_one_without_a_word_costs() -> None:
    """A new worker has said nothing yet; Kubernetes takes that for 0."""
    assert IDLE == 0
    assert AT_WORK > IDLE
