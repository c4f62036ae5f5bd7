"""A semaphore that admits threads in order of arrival, for the calls to a device.

Models are called inside it. A long call yields its slot between batches, so a short call waits for
one batch and not for the rest of a long file.
"""

import threading
from types import TracebackType


class Lane:
    """Semaphore with `width` slots. `with lane:` holds a slot; `let_pass` yields it."""

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
        """Number of threads that wait for a slot."""
        with self._changed:
            return max(0, self._entered - self._left - self._width)

    def let_pass(self) -> None:
        """Let waiting threads go first, then take a slot again. Call it only inside the block."""
        if not self.waiting:
            return
        self.__exit__(None, None, None)
        self.__enter__()
