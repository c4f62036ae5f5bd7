"""Checks that a recording is audio and not too long."""

from whisperfarm_contract import media
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioTooLong, AudioUnreadable


def check_format(head: bytes, options: Options) -> None:
    """Raise `AudioUnreadable` unless `head`, the first bytes, are those of a known audio format.

    Headerless audio cannot be recognised, so it is accepted if the options give its encoding.
    """
    if options.encoding is None and media.sniff(head) is None:
        raise AudioUnreadable(
            "the first bytes of the file are not those of a supported audio or video format; for"
            " headerless audio, set `encoding` and `sample_rate`"
        )


def check_duration(duration_s: float | None, *, max_s: float) -> None:
    """Raise `AudioTooLong` if the audio is known to be longer than `max_s`."""
    if duration_s is not None and duration_s > max_s:
        raise AudioTooLong(
            f"the audio is {duration_s:.0f} seconds long and this farm accepts {max_s:.0f}; send it"
            " in parts"
        )
