"""Which files of a folder or a bucket are recordings of the batch."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from posixpath import basename

from whisperfarm.remote.recordings import EXTENSIONS


def is_wanted(path: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether a pattern of `include` and none of `exclude` matches the path, which has `/`.

    Without `include`, the usual extensions of recordings match. Hidden files and files in hidden
    folders never do.
    """
    if any(part.startswith(".") for part in path.split("/")):
        return False
    is_included = _matches(path, include) if include else _has_extension(path)
    return is_included and not _matches(path, exclude)


def _matches(path: str, patterns: Sequence[str]) -> bool:
    """Match patterns with `/` against the path, the others against its last part."""
    return any(
        fnmatchcase(path if "/" in pattern else basename(path), pattern) for pattern in patterns
    )


def _has_extension(path: str) -> bool:
    return path.rpartition(".")[2].lower() in EXTENSIONS and "." in basename(path)
