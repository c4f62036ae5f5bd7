"""Returns memory that a long job has freed to the system."""

import ctypes
from functools import cache
from typing import Any

LONG_AUDIO_S = 300.0
"""After a recording of this length, or a longer one, the memory is returned."""


def return_to_system() -> None:
    """Return freed memory to the system, which glibc otherwise keeps for later allocations.

    It does nothing with another C library.
    """
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Any:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
