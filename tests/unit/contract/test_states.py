import re

import pytest

from whisperfarm_contract import states
from whisperfarm_contract.states import FINAL, MOVES, State, may_move


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(State)


def test_nothing_leaves_a_final_state() -> None:
    assert frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED}) == FINAL
    assert not any(may_move(final, following) for final in FINAL for following in State)


def test_every_final_state_can_be_reached_from_queued() -> None:
    reached, edge = set(), {State.QUEUED}
    while edge:
        reached |= edge
        edge = {following for state in edge for following in MOVES[state]} - reached
    assert reached == set(State)


@pytest.mark.parametrize(
    ("current", "following", "allowed"),
    [
        (State.QUEUED, State.RUNNING, True),
        (State.RUNNING, State.QUEUED, True),
        (State.QUEUED, State.SUCCEEDED, False),
        (State.RUNNING, State.RUNNING, False),
    ],
)
def test_moves_follow_the_table(current: State, following: State, allowed: bool) -> None:
    assert may_move(current, following) is allowed


def test_the_diagram_names_every_state() -> None:
    drawn = set(re.findall(r"[a-z]+", states.__doc__ or ""))
    assert {state.value for state in State} <= drawn
