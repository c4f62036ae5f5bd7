"""Flows that have jobs get work by their shares, whatever the sizes of the jobs."""

from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_dispatcher.order.start_time_fairness import StartTimeFairness

SHARES = {"a": 4.0, "b": 1.0}
sizes = st.floats(0.1, 1000.0)


def fairness() -> StartTimeFairness[str]:
    return StartTimeFairness(SHARES.__getitem__)


def next_flow(fair: StartTimeFairness[str], flows: list[str]) -> str:
    fair.set_waiting(flows)
    return min(flows, key=fair.start)


@given(a=st.lists(sizes, min_size=20, max_size=60), b=st.lists(sizes, min_size=20, max_size=60))
def test_work_differs_from_the_shares_by_a_job_of_each(a: list[float], b: list[float]) -> None:
    fair, left = fairness(), {"a": list(a), "b": list(b)}
    bound = max(a) / SHARES["a"] + max(b) / SHARES["b"] + 1e-6
    done = {"a": 0.0, "b": 0.0}
    while all(left.values()):
        flow = next_flow(fair, ["a", "b"])
        size = left[flow].pop(0)
        fair.charge(flow, size)
        done[flow] += size
        assert abs(done["a"] / SHARES["a"] - done["b"] / SHARES["b"]) <= bound


def test_flow_that_was_empty_saves_up_nothing() -> None:
    fair = fairness()
    for _ in range(100):
        fair.set_waiting(["a"])
        fair.charge("a", 4.0)
    order = []
    for _ in range(10):
        flow = next_flow(fair, ["a", "b"])
        fair.charge(flow, 4.0)
        order.append(flow)
    assert order.count("b") == 2


def test_flow_pays_for_a_large_job_after_it() -> None:
    fair = fairness()
    fair.set_waiting(["b"])
    fair.charge("b", 100.0)
    fair.set_waiting([])
    order = []
    for _ in range(102):
        flow = next_flow(fair, ["a", "b"])
        fair.charge(flow, 4.0)
        order.append(flow)
    assert order.index("b") == 101


def test_flow_that_waits_keeps_its_place_while_others_go_on() -> None:
    fair = fairness()
    for _ in range(50):
        fair.set_waiting(["a", "b"])
        fair.charge("a", 4.0)
    assert fair.start("b") == 0.0
