import re

import pytest

from whisperfarm_contract import states
from whisperfarm_contract.states import FINAL_STATES, TRANSITIONS, JobState, can_transition


def test_final_states_allow_no_transition() -> None:
    assert frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}) == FINAL_STATES
    assert not any(
        can_transition(final, following) for final in FINAL_STATES for following in JobState
    )


def test_every_final_state_is_reachable_from_queued() -> None:
    reached, frontier = set(), {JobState.QUEUED}
    while frontier:
        reached |= frontier
        frontier = {one.following for one in TRANSITIONS if one.current in frontier} - reached
    assert reached == set(JobState)


@pytest.mark.parametrize(
    ("current", "following", "allowed"),
    [
        (JobState.QUEUED, JobState.RUNNING, True),
        (JobState.RUNNING, JobState.QUEUED, True),
        (JobState.QUEUED, JobState.SUCCEEDED, False),
        (JobState.RUNNING, JobState.RUNNING, False),
    ],
)
def test_can_transition_follows_the_table(
    current: JobState, following: JobState, allowed: bool
) -> None:
    assert can_transition(current, following) is allowed


def test_diagram_names_every_state() -> None:
    diagram_words = set(re.findall(r"[a-z]+", states.__doc__ or ""))
    assert {state.value for state in JobState} <= diagram_words
