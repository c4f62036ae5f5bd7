"""Who is next: the order in which waiting windows of several jobs go into batches."""

from collections import OrderedDict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

O = TypeVar("O", bound=Hashable)  # noqa: E741 - the owner
T = TypeVar("T")


@dataclass(slots=True)
class _Waiting(Generic[T]):
    """What waits of one owner; a batch holds items of one group only."""

    group: Hashable
    items: deque[T]


@dataclass(slots=True)
class Line(Generic[O, T]):
    """Items of several owners, handed out in batches.

    Batches hold items of one group. The owner who was served longest ago says which group is next,
    and its members take turns until the batch is full: a long job takes no more of a batch than a
    short one beside it.
    """

    _waiting: OrderedDict[O, _Waiting[T]] = field(default_factory=OrderedDict)

    def add(self, owner: O, group: Hashable, items: Sequence[T]) -> None:
        """All items of an owner, who has none in the line yet."""
        if items:
            self._waiting[owner] = _Waiting(group, deque(items))

    def put_back(self, owner: O, group: Hashable, items: Sequence[T]) -> None:
        """Items that were taken and come first again, their owner before all others."""
        waiting = self._waiting.setdefault(owner, _Waiting(group, deque()))
        waiting.items.extendleft(reversed(items))
        self._waiting.move_to_end(owner, last=False)

    def withdraw(self, owner: O) -> None:
        """Forget what waits of an owner."""
        self._waiting.pop(owner, None)

    def owners(self) -> list[O]:
        """Those of whom something waits, the next one first."""
        return list(self._waiting)

    def take(self, most: int) -> list[tuple[O, T]]:
        """The next batch, of at most so many items; empty when nothing waits."""
        if not self._waiting:
            return []
        group = next(iter(self._waiting.values())).group
        members = [owner for owner, one in self._waiting.items() if one.group == group]
        batch: list[tuple[O, T]] = []
        while members and len(batch) < most:
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
