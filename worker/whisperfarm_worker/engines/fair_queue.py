"""Fair queueing: the order in which waiting windows of several jobs go into batches."""

from collections import OrderedDict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Owner = TypeVar("Owner", bound=Hashable)
Item = TypeVar("Item")


@dataclass(slots=True)
class _Waiting(Generic[Item]):
    """The waiting items of one owner, and the group with which they may share a batch."""

    group: Hashable
    items: deque[Item]


@dataclass(slots=True)
class FairQueue(Generic[Owner, Item]):
    """Queue of items of several owners, taken in batches.

    A batch holds items of one group: the group of the owner that was served longest ago. Owners in
    this group take turns until the batch is full, so a long job gets no larger share of a batch
    than a short one.
    """

    _waiting: OrderedDict[Owner, _Waiting[Item]] = field(default_factory=OrderedDict)

    def add(self, owner: Owner, group: Hashable, items: Sequence[Item]) -> None:
        """Add all items of an owner that is not in the queue yet."""
        if items:
            self._waiting[owner] = _Waiting(group, deque(items))

    def requeue(self, owner: Owner, group: Hashable, items: Sequence[Item]) -> None:
        """Return taken items to the front, ahead of all other owners."""
        waiting = self._waiting.setdefault(owner, _Waiting(group, deque()))
        waiting.items.extendleft(reversed(items))
        self._waiting.move_to_end(owner, last=False)

    def remove(self, owner: Owner) -> None:
        """Remove all items of an owner."""
        self._waiting.pop(owner, None)

    def owners(self) -> list[Owner]:
        """Return the owners with waiting items, the next one first."""
        return list(self._waiting)

    def next_batch(self, max_items: int) -> list[tuple[Owner, Item]]:
        """Return the next batch, of at most `max_items` items; empty if the queue is empty."""
        if not self._waiting:
            return []
        group = next(iter(self._waiting.values())).group
        members = [owner for owner, one in self._waiting.items() if one.group == group]
        batch: list[tuple[Owner, Item]] = []
        while members and len(batch) < max_items:
            owner = members.pop(0)
            waiting = self._waiting[owner]
            batch.append((owner, waiting.items.popleft()))
            if waiting.items:
                members.append(owner)
                self._waiting.move_to_end(owner)
            else:
                del self._waiting[owner]
        return batch

    def __len__(self) -> int:
        return sum(len(one.items) for one in self._waiting.values())
