"""How much is sent at once, how fast, and when it is tried again."""

from whisperfarm_contract.forwarding import MAX_CHUNK_BYTES
from whisperfarm_contract.retry_policy import RetryPolicy

MIN_CHUNK_BYTES = 64 << 10
FIRST_CHUNK_BYTES = 256 << 10
SHORT_S, LONG_S = 5.0, 15.0
"""Chunks that take less time grow, and those that take more shrink."""

MAX_RETRY_S = 900.0
MAX_LINK_RETRY_S = 60.0
MAX_RETRY_AFTER_S = 24 * 3600.0
MAX_POLL_S = 300.0
_POLL_FRACTION = 0.1


class Pace:
    """The size of chunks on this link, and the pauses that keep within `bytes_per_s`; 0: no
    limit."""

    def __init__(self, *, bytes_per_s: int) -> None:
        self._bytes_per_s = bytes_per_s
        self.chunk_bytes = FIRST_CHUNK_BYTES

    def sent(self, size_bytes: int, *, took_s: float) -> float:
        """Adapt to a chunk that was sent, and return the pause before the next one."""
        due_s = size_bytes / self._bytes_per_s if self._bytes_per_s else 0.0
        taken_s = max(took_s, due_s)
        if taken_s > LONG_S:
            self._resize(self.chunk_bytes // 2)
        elif taken_s < SHORT_S:
            self._resize(self.chunk_bytes * 2)
        return taken_s - took_s

    def failed(self) -> None:
        """Send less next time: what a broken connection costs is one chunk."""
        self._resize(self.chunk_bytes // 2)

    def _resize(self, size_bytes: int) -> None:
        self.chunk_bytes = min(max(size_bytes, MIN_CHUNK_BYTES), MAX_CHUNK_BYTES)


def retry_s(interval_s: float, failures: int, *, chance: float, requested_s: float = 0.0) -> float:
    """Return the pause of a forward after this number of failures in a row, 1 or more."""
    policy = RetryPolicy(initial_s=interval_s, max_s=max(interval_s, MAX_RETRY_S))
    return max(policy.delay_s(failures, chance=chance), requested_s)


def link_retry_s(interval_s: float, failures: int, *, chance: float) -> float:
    """Return the pause of all forwards after this number of failures in a row."""
    policy = RetryPolicy(initial_s=interval_s, max_s=max(interval_s, MAX_LINK_RETRY_S))
    return policy.delay_s(failures, chance=chance)


def poll_s(interval_s: float, sent_for_s: float) -> float:
    """Return the pause before the next poll of a job that the hub has had for `sent_for_s`."""
    return max(interval_s, min(_POLL_FRACTION * sent_for_s, MAX_POLL_S))
