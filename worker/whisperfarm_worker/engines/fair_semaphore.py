"""Taking turns at a device: so many calls at a time, in the order of asking.

Models are called under a lane. A long call that lets others pass between its batches keeps nobody
waiting for longer than a batch: a short call never waits behind a long file.
"""

import threading
from types import TracebackType


class Lane:
    """A fair lock with room for `width`: `with lane:` is inside, `let_pass` lets others in."""

    def __init__(self, width: int = 1) -> None:
        self._width = width
        self._changed = threading.Condition()
        self._entered = 0
        self._left = 0

    def __enter__(self) -> "Lane":
        with self._changed:
            ticket = self._entered
            self._entered += 1
            self._changed.wait_for(lambda: ticket - self._left < self._width)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._left += 1
            self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """How many wait to get in."""
        with self._changed:
            return max(0, self._entered - self._left - self._width)

    def let_pass(self) -> None:
        """By one who is inside: whoever waits goes first, then it is their turn again."""
        if not self.waiting:
            return
        self.__exit__(None, None, None)
        self.__enter__()
