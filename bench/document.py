"""Writes figures into documents, between two markers."""

import os
import platform
from pathlib import Path

BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"


def machine() -> str:
    """Describe the machine in a sentence."""
    return (
        f"{os.cpu_count()} CPU cores ({platform.machine()}), Python {platform.python_version()},"
        " all servers, workers and callers on this one machine."
    )


def write(document: Path, text: str) -> None:
    """Replace the text between the markers."""
    before, rest = document.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    document.write_text(f"{before}{BEGIN}{text}\n{END}{after}", encoding="utf-8")
