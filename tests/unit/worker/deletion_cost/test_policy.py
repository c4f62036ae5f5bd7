"""The deletion cost of a pod, and when it is worth an update."""

from dataclasses import replace

from whisperfarm_worker.deletion_cost.policy import BUSY, IDLE, CostState

AFTER_S = 10.0


def _due(cost_state: CostState, now: float) -> int | None:
    return cost_state.pending_change(now=now, idle_after_s=AFTER_S)


def test_first_change_sets_the_idle_cost() -> None:
    assert _due(CostState().observe(job_count=0, now=1.0), 1.0) == IDLE


def test_first_job_raises_the_cost_at_once() -> None:
    idle = CostState(last_sent=IDLE)
    assert _due(idle.observe(job_count=0, now=5.0), 5.0) is None
    assert _due(idle.observe(job_count=1, now=5.0), 5.0) == BUSY


def test_cost_drops_after_the_idle_time() -> None:
    cost_state = CostState(last_sent=BUSY).observe(job_count=2, now=100.0)
    assert _due(cost_state.observe(job_count=0, now=109.9), 109.9) is None
    assert _due(cost_state.observe(job_count=0, now=110.0), 110.0) == IDLE
    again = cost_state.observe(job_count=1, now=105.0)
    assert _due(again.observe(job_count=0, now=114.9), 114.9) is None


def test_unchanged_cost_is_not_pending() -> None:
    cost_state, last_sent = CostState(), []
    for now in range(100):
        cost_state = cost_state.observe(job_count=now % 7 == 0, now=float(now))
        cost = _due(cost_state, float(now))
        if cost is not None:
            cost_state = replace(cost_state, last_sent=cost)
            last_sent.append(cost)
    assert last_sent == [BUSY]


def test_idle_cost_is_the_default_cost() -> None:
    """Kubernetes takes a missing annotation, as of a new worker, for 0."""
    assert IDLE == 0
    assert BUSY > IDLE
