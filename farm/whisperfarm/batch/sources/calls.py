"""Rows of a list that are legs of one call, and the recording that they make together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from whisperfarm.batch.recording import MISSING_BYTES, Recording
from whisperfarm.remote import job_options
from whisperfarm_client import Leg
from whisperfarm_contract.legs import MIN_LEGS, OPTIONS
from whisperfarm_contract.problems import InvalidOption

CALL = "call"
"""The column that is equal for the legs of one call."""

COLUMNS = (CALL, *OPTIONS)
"""The columns about legs: when each starts, in seconds after the call, and who speaks in it."""

_MAX_SQLITE_INTEGER = 2**63 - 1


def call_of(row: Mapping[str, str]) -> str:
    """Return the call of a row, empty if its recording is a job of its own.

    Raises `InvalidOption` if there are values for a leg then.
    """
    call = row.get(CALL, "")
    for name in OPTIONS:
        if not call and row.get(name):
            raise InvalidOption(f"{name}: the row has no {CALL}")
    return call


def merge(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the cells of the rows of one call that are options of its job.

    A cell may be empty in some of the rows. Raises `InvalidOption` if two of them differ.
    """
    cells: dict[str, str] = {}
    for row in rows:
        for name, text in row.items():
            if name not in COLUMNS and text and cells.setdefault(name, text) != text:
                raise InvalidOption(f"{name}: the rows of one call differ; set it once")
    return cells


def join(
    rows: Sequence[Mapping[str, str]], recordings: Sequence[Recording], options: Mapping[str, str]
) -> Recording:
    """Return the recording of a call, which has the path of its first leg.

    Raises `InvalidOption` if the rows do not make one job, and like `job_options.check`.
    """
    if len(rows) < MIN_LEGS:
        raise InvalidOption(f"{CALL}: {rows[0][CALL]!r} has one row; a call has two or more legs")
    offsets, names = ([row.get(name, "") for row in rows] for name in OPTIONS)
    offsets = [text or "0" for text in offsets]
    for name, values in zip(OPTIONS, (offsets, names), strict=True):
        if any("," in value for value in values):
            raise InvalidOption(f"{name}: a cell has a comma; give one value in each row")
    of_legs = zip(OPTIONS, (",".join(offsets), ",".join(names)), strict=True)
    job_options.check({**options, **dict(of_legs)})
    sizes = [one.size_bytes for one in recordings]
    return replace(
        recordings[0],
        size_bytes=MISSING_BYTES if MISSING_BYTES in sizes else sum(sizes),
        # A change of any leg changes it.
        modified_ns=sum(one.modified_ns for one in recordings) % _MAX_SQLITE_INTEGER,
        options=options,
        legs=tuple(
            Leg(one.location, float(offset_s), name)
            for one, offset_s, name in zip(recordings, offsets, names, strict=True)
        ),
    )
