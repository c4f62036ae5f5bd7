"""The speakers of a recording in which each channel is one: the caller's names, or numbers."""

from collections.abc import Sequence

from whisperfarm_worker.pipeline.postprocess.speakers import speaker_name


def channel_speaker(channel: int, names: Sequence[str]) -> str:
    """Return the caller's name of the channel, or one with its number if the caller has none.

    An empty name is none.
    """
    return (names[channel] if channel < len(names) else "") or speaker_name(channel)


def name_warnings(names: Sequence[str], *, channels: int) -> list[str]:
    """Return a warning if there are names, but not one for each channel."""
    if not names or len(names) == channels:
        return []
    count = f"channel_names: number of channels: {channels}, of names: {len(names)}"
    if len(names) > channels:
        return [f"{count}; {', '.join(names[channels:])} had no effect"]
    numbered = ", ".join(map(speaker_name, range(len(names), channels)))
    return [f"{count}; the others are named {numbered}"]
