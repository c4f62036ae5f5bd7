"""Checks that a recording is audio and not too long."""

from dataclasses import replace

from whisperfarm_contract import media
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioTooLong, AudioUnreadable
from whisperfarm_dispatcher.submission.probe import Duration


def check_format(head: bytes, options: Options) -> None:
    """Raise `AudioUnreadable` unless `head`, the first bytes, are those of a known audio format.

    Headerless audio cannot be recognised, so it is accepted if the options give its encoding.
    """
    if options.encoding is None and media.sniff(head) is None:
        raise AudioUnreadable(
            "the first bytes of the file are not those of a supported audio or video format; for"
            " headerless audio, set `encoding` and `sample_rate`"
        )


def limit_duration(duration: Duration | None, *, max_s: float) -> Duration | None:
    """Return the duration. Raises `AudioTooLong` if it was measured as longer than `max_s`.

    An estimate proves nothing, so it is shortened: the worker decodes no more than `max_s`.
    """
    if duration is None or duration.seconds <= max_s:
        return duration
    if duration.is_estimated:
        return replace(duration, seconds=max_s)
    raise AudioTooLong(
        f"the audio is {duration.seconds:.0f} seconds long and this farm accepts {max_s:.0f}; send"
        " it in parts"
    )
