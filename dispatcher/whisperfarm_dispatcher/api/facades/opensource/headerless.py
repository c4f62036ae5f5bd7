"""Recognises headerless audio by the name of its file.

SIPREC sends the decoded samples of a call without a header, in a file whose name ends with its
setting `OPENSOURCE_ENCODING`, which is `wav` by default.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from whisperfarm_contract.media.headerless import ENCODINGS
from whisperfarm_dispatcher.api.facades import headerless

DEFAULT_RATE_HZ = 16_000
"""The rate of headerless audio if no field states it, as in SIPREC's settings."""

_BY_SUFFIX: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ENCODINGS},
        **dict.fromkeys(("l16", "linear16", "pcm", "pcm16", "raw", "wav"), "s16le"),
        **dict.fromkeys(("pcmu", "ulaw"), "mulaw"),
        "pcma": "alaw",
    }
)


def assumed_options(filename: str, head: bytes, given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the options that headerless audio needs beside the given ones.

    `head` are its first bytes. Audio of an unknown kind needs none, and is rejected later.
    """
    if not head or (headerless.has_header(head) and not given.get("encoding")):
        return {}
    encoding = given.get("encoding") or _BY_SUFFIX.get(_suffix(filename))
    if encoding is None:
        return {}
    has_rate = bool(given.get("sample_rate")) or _has_fixed_rate(encoding)
    return {
        **({} if given.get("encoding") else {"encoding": encoding}),
        **({} if has_rate else {"sample_rate": str(DEFAULT_RATE_HZ)}),
    }


def _suffix(filename: str) -> str:
    return PurePosixPath(filename).suffix.removeprefix(".").lower()


def _has_fixed_rate(encoding: str) -> bool:
    return encoding not in ENCODINGS or ENCODINGS[encoding].sample_rate_hz is not None
