"""Chooses a media type, or a format of transcripts, by the header `Accept` (RFC 9110, 12.5.1)."""

import math
from collections.abc import Sequence

from python_multipart.multipart import parse_options_header

from whisperfarm_contract.formats import Format
from whisperfarm_dispatcher.api.documents import RESULT_FORMATS, Document

_MAX_RANGES = 64


def preferred(accept: str | None, offered: Sequence[str]) -> str | None:
    """Return the offered media type with the highest quality, or `None` if none is acceptable.

    Of equals, the one whose range precedes is chosen, then the one that is offered first. A
    missing header accepts everything.
    """
    ranges = [_read(text) for text in (accept or "*/*").split(",")[:_MAX_RANGES]]
    by_quality = sorted(ranges, key=lambda one: -one[1])
    refused = {name for name, quality in ranges if quality == 0}
    for name, quality in by_quality:
        for media_type in offered:
            if quality > 0 and media_type not in refused and _matches(name, media_type):
                return media_type
    return None


def accepted_format(accept: str | None) -> Format | Document:
    """Return the format of transcripts that the header prefers, or JSON if it names none."""
    chosen = preferred(accept, [one.media_type for one in RESULT_FORMATS.values()])
    return next(
        (one for one in RESULT_FORMATS.values() if one.media_type == chosen), RESULT_FORMATS["json"]
    )


def _read(text: str) -> tuple[str, float]:
    """Return a range and its quality, which is 0 if it cannot be read."""
    name, parameters = parse_options_header(text.strip())
    try:
        quality = float(parameters.get(b"q", b"1"))
    except ValueError:
        quality = 0.0
    return name.decode("latin-1"), quality if math.isfinite(quality) else 0.0


def _matches(name: str, media_type: str) -> bool:
    kind, _, subtype = name.partition("/")
    return name in (media_type, "*/*") or (subtype == "*" and media_type.startswith(f"{kind}/"))
