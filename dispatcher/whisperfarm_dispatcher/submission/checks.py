"""What audio is taken: something that is audio, and not too long."""

from whisperfarm_contract import media
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioTooLong, AudioUnreadable


def check_kind(head: bytes, options: Options) -> None:
    """`AudioUnreadable` when a file beginning with `head` is no audio that can be decoded.

    Headerless audio can not be told from anything else: it is taken when the caller says so.
    """
    if options.encoding is None and media.sniff(head) is None:
        raise AudioUnreadable(
            "the file is no audio or video file that this farm knows, told by its first bytes;"
            " for headerless audio say `encoding` and `sample_rate`"
        )


def check_length(seconds: float | None, *, longest_s: float) -> None:
    """`AudioTooLong` when the audio is known to play longer than `longest_s`."""
    if seconds is not None and seconds > longest_s:
        raise AudioTooLong(
            f"the audio plays {seconds:.0f} seconds and this farm takes {longest_s:.0f};"
            " send it in parts"
        )
