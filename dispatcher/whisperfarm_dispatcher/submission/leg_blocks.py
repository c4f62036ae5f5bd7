"""Puts the recordings of one call one after the other, with their index at the end."""

from collections.abc import Generator, Sequence
from contextlib import closing

from whisperfarm_contract import legs
from whisperfarm_dispatcher.submission.leg_recorder import LegRecorder

Blocks = Generator[bytes, None, None]
"""The bytes of a recording, which is opened with the first block."""


def join(recordings: Sequence[Blocks], recorder: LegRecorder) -> Blocks:
    """Yield one recording, or several and their index, which `recorder` records.

    Each is opened after the one before it was closed. Raises what they raise; of several, the
    problem has the label of the leg.
    """
    if len(recordings) == 1:
        yield from recordings[0]
        return
    for number, blocks in enumerate(recordings):
        recorder.start()
        with legs.naming(legs.label(number)), closing(blocks):
            for block in blocks:
                yield recorder.add(block)
    yield recorder.index()
