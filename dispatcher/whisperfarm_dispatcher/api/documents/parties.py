"""The parties of a vCon: the speakers of a transcript, and which of them a recording has."""

from collections.abc import Sequence
from typing import Any

from whisperfarm_contract.transcript import Transcript


def speakers(transcript: Transcript) -> list[str]:
    """Return the names of the speakers, in the order in which they first speak."""
    names = (segment.speaker for segment in transcript.segments)
    return list(dict.fromkeys(name for name in names if name is not None))


def parties(names: Sequence[str]) -> list[dict[str, str]]:
    """Return a Party Object per speaker; without speakers, one party of whom nothing is known."""
    return [{"name": name} for name in names] or [{}]


def recorded(transcript: Transcript, names: Sequence[str]) -> list[Any]:
    """Return the indices of the parties in the recording.

    If each channel is one speaker, each channel has a list of its own, or `None` if it is silent.
    """
    channels = transcript.provenance.get("channels")
    if channels is None:
        return list(range(len(parties(names))))
    return [_in_channel(transcript, names, channel) for channel in range(int(channels))]


def _in_channel(transcript: Transcript, names: Sequence[str], channel: int) -> list[int] | None:
    in_channel = {one.speaker for one in transcript.segments if one.channel == channel}
    return [index for index, name in enumerate(names) if name in in_channel] or None
