"""Checks that a recording is audio and not too long."""

from whisperfarm_contract import media
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioTooLong, AudioUnreadable


def check_kind(head: bytes, options: Options) -> None:
    """Raise `AudioUnreadable` unless `head`, the first bytes, are those of a known audio format.

    Headerless audio cannot be recognised, so it is accepted if the options give its encoding.
    """
    if options.encoding is None and media.sniff(head) is None:
        raise AudioUnreadable(
            "the first bytes of the file are not those of a supported audio or video format; for"
            " headerless audio, set `encoding` and `sample_rate`"
        )


def check_length(seconds: float | None, *, longest_s: float) -> None:
    """Raise `AudioTooLong` if the audio is known to be longer than `longest_s`."""
    if seconds is not None and seconds > longest_s:
        raise AudioTooLong(
            f"the audio has {seconds:.0f} seconds and this farm accepts {longest_s:.0f}; send it in"
            " parts"
        )
