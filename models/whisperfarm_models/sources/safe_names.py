"""Names that a source gives its files: those that lead astray are refused."""

from pathlib import PurePosixPath

from whisperfarm_contract.problems import ModelRefused

_LONGEST = 512


def safe(name: str, *, source: str) -> str:
    """The name, when it stays below the folder that it is relative to; else `ModelRefused`."""
    parts = PurePosixPath(name).parts
    bad = (
        not name
        or len(name) > _LONGEST
        or name.startswith("/")
        or ".." in parts
        or any(ord(letter) < ord(" ") or letter == "\\" for letter in name)
    )
    if bad:
        raise ModelRefused(f"{source} has a file named {name!r}, which leads out of its folder")
    return name
