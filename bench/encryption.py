"""Writes and reads one blob of 100 MB, plain and encrypted: `python -m bench.encryption [FOLDER]`.

Prints the best of several rounds; the rounds of both kinds alternate.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from whisperfarm_store.blobs import Blobs, FolderBlobs
from whisperfarm_store.blobs.encryption import EncryptedBlobs, Keyring, MasterKey

SIZE_BYTES = 100_000_000
ROUNDS, _BLOCK_BYTES, _KEY = 7, 1 << 18, "audio/bench/blob"


def main(folder: Path) -> None:
    """Measure both kinds in `folder`, and print seconds and the ratio."""
    plain = FolderBlobs(folder / "plain")
    encrypted = EncryptedBlobs(
        FolderBlobs(folder / "encrypted"), Keyring([MasterKey("a", bytes(32))])
    )
    content = os.urandom(SIZE_BYTES)
    for name, act in (("write", lambda blobs: _write(blobs, content)), ("read", _read)):
        best = [float("inf"), float("inf")]
        for _ in range(ROUNDS):
            best = [
                min(s, _seconds(act, blobs))
                for s, blobs in zip(best, (plain, encrypted), strict=True)
            ]
        print(
            f"{name:<6} plain {best[0]:.3f} s, encrypted {best[1]:.3f} s, {best[1] / best[0]:.2f}x"
        )


def _seconds(act: Callable[[Blobs], None], blobs: Blobs) -> float:
    started_at = time.perf_counter()
    act(blobs)
    return time.perf_counter() - started_at


def _write(blobs: Blobs, content: bytes) -> None:
    with blobs.writer(_KEY) as writer:
        for start in range(0, len(content), _BLOCK_BYTES):
            writer.write(content[start : start + _BLOCK_BYTES])


def _read(blobs: Blobs) -> None:
    with blobs.open(_KEY) as file:
        while file.read(_BLOCK_BYTES):
            pass


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as made:
        main(Path(made))
