"""The legs of a call that has arrived as one recording: the container that the edge has stored."""

from whisperfarm_contract.leg_container import LegExtent, read_extents
from whisperfarm_contract.media.seekable import Seekable
from whisperfarm_contract.problems import AudioUnreadable
from whisperfarm_dispatcher.submission.leg_recorder import LegRecorder, ReceivedLeg
from whisperfarm_dispatcher.submission.storage import HEAD_BYTES


def read_legs(file: Seekable) -> LegRecorder:
    """Return the record of legs that a form would have left. Raises `AudioUnreadable`."""
    try:
        extents = read_extents(file)
    except ValueError as error:
        raise AudioUnreadable(f"leg_offset_s: {error}") from None
    return LegRecorder([_leg(file, extent) for extent in extents])


def _leg(file: Seekable, extent: LegExtent) -> ReceivedLeg:
    start, size_bytes = extent
    file.seek(start)
    head = file.read(min(HEAD_BYTES, size_bytes))
    return ReceivedLeg(start=start, size_bytes=size_bytes, head=head)
