"""Translates the names of encodings, and the channels of headerless audio."""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.media.headerless import ENCODINGS

_HEADERLESS: Mapping[str, str] = MappingProxyType(
    {"linear16": "s16le", **{name: name for name in ENCODINGS}}
)
"""The farm's names of encodings without a header."""

CONTAINED = frozenset(
    {
        "aac", "amr-nb", "amr-wb", "flac", "m4a", "mp3", "mp4", "ogg", "ogg-opus", "opus", "speex",
        "wav", "webm",
    }
)  # fmt: skip
"""Encodings that are in a file with a header, by which the farm recognises them."""

NAMES = tuple(sorted({*_HEADERLESS, *CONTAINED}))


def options(encoding: str | None, sample_rate_hz: int | None) -> Mapping[str, str]:
    """Return the options for an encoding of `NAMES`, in lower case.

    That of a file with a header is not an option, and its rate is that of the header.
    """
    if encoding in CONTAINED:
        return {}
    named = {"encoding": _HEADERLESS.get(encoding or ""), "sample_rate": sample_rate_hz}
    return {option: str(value) for option, value in named.items() if value is not None}
