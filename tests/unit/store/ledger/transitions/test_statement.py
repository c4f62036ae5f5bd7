"""The table of moves decides which statements there are."""

import pytest

from whisperfarm_contract.states import MOVES, State
from whisperfarm_store.ledger.transitions.statement import move

PAIRS = [(current, following) for current in State for following in State]


@pytest.mark.parametrize(("current", "following"), PAIRS)
def test_only_moves_of_the_table_become_statements(current: State, following: State) -> None:
    if following in MOVES[current]:
        assert "UPDATE jobs" in str(move("j1", current, following))
    else:
        with pytest.raises(ValueError, match="never moves"):
            move("j1", current, following)
