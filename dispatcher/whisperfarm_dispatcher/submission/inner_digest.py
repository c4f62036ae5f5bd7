"""The hash of the WAV file that a second header precedes: that of the same recording without it."""

from hashlib import sha256
from io import BytesIO

from whisperfarm_contract.media import wrapped_wav


class InnerDigest:
    """A hash of what follows the outer header, as blocks of the body are received."""

    def __init__(self, head: bytes) -> None:
        """`head` are the first bytes of the body, and have the whole outer header."""
        self._skip_bytes = wrapped_wav.find(BytesIO(head))
        self._digest = None if self._skip_bytes is None else sha256()

    def update(self, block: bytes) -> None:
        """Add the next block of the body."""
        if self._digest is None or self._skip_bytes is None:
            return
        self._digest.update(memoryview(block)[self._skip_bytes :])
        self._skip_bytes = max(0, self._skip_bytes - len(block))

    def hexdigest(self) -> str | None:
        """Return the hash, or `None` if the body has one header."""
        return None if self._digest is None else self._digest.hexdigest()
