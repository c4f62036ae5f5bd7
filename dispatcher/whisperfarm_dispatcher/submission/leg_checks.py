"""Checks the recordings of a call with several, each by itself and then all together."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO

from whisperfarm_contract import legs
from whisperfarm_contract.legs import MIN_LEGS
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioEmpty, AudioTooLong, InvalidOption
from whisperfarm_dispatcher.submission import checks, probe
from whisperfarm_dispatcher.submission.lazy_file import LazyFile
from whisperfarm_dispatcher.submission.leg_recorder import ReceivedLeg
from whisperfarm_dispatcher.submission.probe import Duration

OpenFile = Callable[[], AbstractContextManager[BinaryIO]]


def check_count(options: Options, count: int) -> None:
    """Raise `InvalidOption` unless the options are for this number of recordings."""
    offsets, names = options.leg_offsets_s, (options.leg_name or "").split(",")
    if count < MIN_LEGS:
        if offsets or options.leg_name is not None:
            raise InvalidOption(
                "leg_offset_s: the request has one recording, and legs are several recordings of"
                " one call; send at least two, or omit leg_offset_s and leg_name"
            )
        return
    if len(offsets) != count:
        raise InvalidOption(
            f"leg_offset_s: number of recordings: {count}, of offsets: {len(offsets)}; send one"
            " offset for each recording of a call in the same order, or one request for each call"
        )
    if options.leg_name is not None and len(names) != count:
        raise InvalidOption(
            f"leg_name: number of recordings: {count}, of names: {len(names)}; send one name for"
            " each recording in the same order, which may be empty, or none"
        )


def measure(
    received: Sequence[ReceivedLeg], options: Options, open_file: OpenFile, *, max_audio_s: float
) -> Duration | None:
    """Check each leg, and return the length of the call, or `None` if no leg reveals it.

    `open_file` opens the blob in which the legs lie. The length is an estimate unless all legs are
    measured. Raises `AudioEmpty`, `AudioUnreadable` and `AudioTooLong` with the label of the leg.
    """
    ends: list[Duration | None] = []
    for number, (leg, offset_s) in enumerate(zip(received, options.leg_offsets_s, strict=True)):
        with legs.naming(options.leg_label(number)):
            found = _measure_one(leg, options, open_file)
            ends.append(_end(found, offset_s, max_audio_s=max_audio_s))
    known = [end for end in ends if end is not None]
    if not known:
        return None
    return Duration(
        max(end.seconds for end in known),
        is_estimated=len(known) < len(ends) or any(end.is_estimated for end in known),
        channels=len(received),
    )


def _measure_one(leg: ReceivedLeg, options: Options, open_file: OpenFile) -> Duration | None:
    if not leg.size_bytes:
        raise AudioEmpty("the audio is empty; send a recording")
    with LazyFile(leg.head, open_file, size_bytes=leg.size_bytes, start=leg.start) as file:
        checks.check_format(file, options, size_bytes=leg.size_bytes)
        return probe.duration(file, options, size_bytes=leg.size_bytes)


def _end(found: Duration | None, offset_s: float, *, max_audio_s: float) -> Duration | None:
    """Return when the leg ends on the time line of the call."""
    measured_s = found.seconds if found and not found.is_estimated else 0.0
    if offset_s + measured_s > max_audio_s:
        raise AudioTooLong(
            f"the leg starts at {offset_s:.0f} seconds and ends after"
            f" {offset_s + measured_s:.0f}, and this farm accepts {max_audio_s:.0f}; send the call"
            " in parts"
        )
    return found and Duration(offset_s + found.seconds, is_estimated=found.is_estimated)
