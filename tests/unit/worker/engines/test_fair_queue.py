"""Who is next."""

from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_worker.engines.fair_queue import Line


def _line(**owners: int) -> Line[str, int]:
    """Owners by name with so many items; the first letter is the group."""
    line: Line[str, int] = Line()
    for owner, count in owners.items():
        line.add(owner, owner[0], range(count))
    return line


def _owners(batch: list[tuple[str, int]]) -> str:
    return " ".join(owner for owner, _ in batch)


def test_owners_of_a_group_take_turns() -> None:
    assert _owners(_line(a1=3, a2=3).take(4)) == "a1 a2 a1 a2"


def test_a_batch_holds_one_group_only() -> None:
    line = _line(a=1, b=2)
    assert [_owners(line.take(8)), _owners(line.take(8)), line.take(8)] == ["a", "b b", []]


def test_groups_take_turns() -> None:
    line = _line(a=4, b=4)
    assert [_owners(line.take(2)) for _ in range(4)] == ["a a", "b b", "a a", "b b"]


def test_a_short_job_does_not_wait_behind_a_long_one() -> None:
    line = _line(a1=1000)
    line.take(8)
    line.add("a2", "a", range(2))
    assert [owner for owner, _ in line.take(8)].count("a2") == 2


def test_items_of_an_owner_keep_their_order() -> None:
    line = _line(a1=5, a2=5)
    taken = [item for _ in range(4) for owner, item in line.take(3) if owner == "a1"]
    assert taken == [0, 1, 2, 3, 4]


def test_what_is_withdrawn_is_gone() -> None:
    line = _line(a1=2, a2=1)
    line.withdraw("a1")
    line.withdraw("never there")
    assert (_owners(line.take(8)), len(line)) == ("a2", 0)


def test_what_is_put_back_comes_first_and_in_order() -> None:
    line = _line(a1=3, b=1)
    batch = line.take(2)
    line.put_back("a1", "a", [item for _, item in batch])
    assert line.take(8) == [("a1", 0), ("a1", 1), ("a1", 2)]


def test_an_owner_without_items_does_not_wait() -> None:
    assert _line(a=0).take(8) == []


@given(
    st.dictionaries(st.sampled_from(["a1", "a2", "b1", "b2", "c1"]), st.integers(1, 9), min_size=1),
    st.integers(1, 5),
)
def test_every_item_is_handed_out_once(owners: dict[str, int], most: int) -> None:
    line = _line(**owners)
    taken: list[tuple[str, int]] = []
    while batch := line.take(most):
        assert len(batch) <= most
        assert len({owner[0] for owner, _ in batch}) == 1
        taken += batch
    assert sorted(taken) == sorted(
        (owner, item) for owner in owners for item in range(owners[owner])
    )
