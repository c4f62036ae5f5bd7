"""All cases, and those that `whisper-remote` sends as well."""

from itertools import chain

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

_FOR_CLIENT = (headerless, names, non_media, parties)
"""Tables of flags, file names, problems and warnings, with which the client has to do."""

_SHARE = 3

BY_CLIENT = tuple(
    case.name
    for case in chain.from_iterable(
        table.CASES if table in _FOR_CLIENT else table.CASES[::_SHARE] for table in _TABLES
    )
)
"""All cases of those tables, and every third one of the others."""
