"""Calls the Python function of an entry point in a process of its own, which has a deadline."""

import subprocess
import sys

from whisperfarm_dispatcher.additions.request import AdditionFailed
from whisperfarm_store.ledger import Callback


class EntryPointAnalysis:
    """A Python function. Its process takes its memory along, and its faults, when it ends."""

    def __init__(self, name: str, *, timeout_s: float) -> None:
        self._command = [sys.executable, "-m", "whisperfarm_dispatcher.additions.child", name]
        self._timeout_s = timeout_s

    def __call__(self, _: Callback, body: bytes) -> bytes:
        """Return the answer. Raises `AdditionFailed`."""
        try:
            ended = subprocess.run(
                self._command, input=body, capture_output=True, timeout=self._timeout_s, check=False
            )
        except subprocess.TimeoutExpired:
            raise AdditionFailed(f"the function took over {self._timeout_s:g} s") from None
        if ended.returncode != 0:
            raise AdditionFailed(_reason(ended))
        return ended.stdout


def _reason(ended: "subprocess.CompletedProcess[bytes]") -> str:
    """Return the name of the exception: its text may have words of the transcript."""
    name = ended.stderr.decode(errors="replace").strip()
    return f"the function raised {name}" if name.isidentifier() else f"exit code {ended.returncode}"
