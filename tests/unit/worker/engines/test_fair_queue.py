"""The order of the fair queue."""

from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_worker.engines.fair_queue import FairQueue


def _line(**owners: int) -> FairQueue[str, int]:
    """Return a queue of owners with this many items each; the first letter is the group."""
    queue: FairQueue[str, int] = FairQueue()
    for owner, count in owners.items():
        queue.add(owner, owner[0], range(count))
    return queue


def _owners(batch: list[tuple[str, int]]) -> str:
    return " ".join(owner for owner, _ in batch)


def test_owners_of_a_group_share_a_batch() -> None:
    assert _owners(_line(a1=3, a2=3).next_batch(4)) == "a1 a2 a1 a2"


def test_batch_has_items_of_one_group() -> None:
    queue = _line(a=1, b=2)
    assert [_owners(queue.next_batch(8)), _owners(queue.next_batch(8)), queue.next_batch(8)] == [
        "a",
        "b b",
        [],
    ]


def test_groups_alternate() -> None:
    queue = _line(a=4, b=4)
    assert [_owners(queue.next_batch(2)) for _ in range(4)] == ["a a", "b b", "a a", "b b"]


def test_short_owner_does_not_wait_behind_a_long_one() -> None:
    queue = _line(a1=1000)
    queue.next_batch(8)
    queue.add("a2", "a", range(2))
    assert [owner for owner, _ in queue.next_batch(8)].count("a2") == 2


def test_items_keep_their_order() -> None:
    queue = _line(a1=5, a2=5)
    taken = [item for _ in range(4) for owner, item in queue.next_batch(3) if owner == "a1"]
    assert taken == [0, 1, 2, 3, 4]


def test_removed_owner_has_no_items() -> None:
    queue = _line(a1=2, a2=1)
    queue.remove("a1")
    queue.remove("never there")
    assert (_owners(queue.next_batch(8)), len(queue)) == ("a2", 0)


def test_requeued_items_come_first_in_order() -> None:
    queue = _line(a1=3, b=1)
    batch = queue.next_batch(2)
    queue.requeue("a1", "a", [item for _, item in batch])
    assert queue.next_batch(8) == [("a1", 0), ("a1", 1), ("a1", 2)]


def test_owner_without_items_is_not_queued() -> None:
    assert _line(a=0).next_batch(8) == []


@given(
    st.dictionaries(st.sampled_from(["a1", "a2", "b1", "b2", "c1"]), st.integers(1, 9), min_size=1),
    st.integers(1, 5),
)
def test_every_item_is_returned_once(owners: dict[str, int], most: int) -> None:
    queue = _line(**owners)
    taken: list[tuple[str, int]] = []
    while batch := queue.next_batch(most):
        assert len(batch) <= most
        assert len({owner[0] for owner, _ in batch}) == 1
        taken += batch
    assert sorted(taken) == sorted(
        (owner, item) for owner in owners for item in range(owners[owner])
    )
