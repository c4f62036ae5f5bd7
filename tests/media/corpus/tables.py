"""All cases."""

from tests.media.corpus import (
    clocks,
    codecs,
    containers,
    damaged,
    headerless,
    headers,
    layouts,
    names,
    non_media,
    opposed,
    parties,
    rates,
    tags,
    tracks,
)
from tests.media.corpus.case import Case

_TABLES = (
    containers, codecs, rates, layouts, headers, tags, damaged, clocks, tracks, opposed, parties,
    headerless, names, non_media,
)  # fmt: skip

CASES: dict[str, Case] = {case.name: case for table in _TABLES for case in table.CASES}
