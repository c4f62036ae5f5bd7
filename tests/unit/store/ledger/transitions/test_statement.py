"""The table of transitions decides which statements are possible."""

import pytest

from whisperfarm_contract.states import JobState, can_transition
from whisperfarm_store.ledger.transitions.statement import transition

PAIRS = [(current, following) for current in JobState for following in JobState]


@pytest.mark.parametrize(("current", "following"), PAIRS)
def test_transition_rejects_moves_outside_the_table(current: JobState, following: JobState) -> None:
    if can_transition(current, following):
        assert "UPDATE jobs" in str(transition("j1", current, following))
    else:
        with pytest.raises(ValueError, match=f"from {current} to {following}"):
            transition("j1", current, following)
