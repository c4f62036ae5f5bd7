"""Which files of a folder or a bucket are recordings of the batch."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from posixpath import basename

EXTENSIONS = (
    "3gp", "aac", "ac3", "aif", "aifc", "aiff", "amr", "ape", "asf", "au", "avi", "caf", "dsf",
    "dss", "dts", "flac", "flv", "gsm", "m2ts", "m4a", "m4b", "m4v", "mka", "mkv", "mov", "mp2",
    "mp3", "mp4", "mpeg", "mpg", "mts", "mxf", "oga", "ogg", "ogv", "opus", "ra", "rm", "snd",
    "sph", "ts", "tta", "voc", "w64", "wav", "wave", "weba", "webm", "wma", "wmv", "wv",
)  # fmt: skip
"""Extensions of recordings, which are the default. The farm itself judges by the content."""


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
