"""Checks that a recording is audio and not too long."""

from dataclasses import replace

from whisperfarm_contract.media import Seekable, encryption, missing_header, recognize
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioTooLong, AudioUnreadable
from whisperfarm_dispatcher.submission.probe import Duration


def check_format(file: Seekable, options: Options, *, size_bytes: int) -> None:
    """Raise `AudioUnreadable` unless the file has a known audio format with its header, and is not
    encrypted.

    Headerless audio cannot be recognised, so it is accepted if the options give its encoding.
    """
    if options.encoding is not None:
        return
    found = recognize(file)
    protection = encryption.find(file, found, size_bytes=size_bytes)
    if protection is not None:
        raise AudioUnreadable(f"the audio is encrypted ({protection}); send it without encryption")
    reason = missing_header.find(file, found)
    if reason is not None:
        raise AudioUnreadable(reason)
    if found is None:
        raise AudioUnreadable(
            "this is not a recording that the farm can read: its first bytes are not those of a"
            " supported audio or video format; for headerless audio, set `encoding` and"
            " `sample_rate`"
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


def limit_channels(duration: Duration | None, options: Options, *, max_channel_s: float) -> None:
    """Raise `AudioTooLong` if the channels were measured as too long together.

    The worker decodes each by itself with `channels=speakers`, and the legs of a call. It rejects
    the other recordings.
    """
    if duration is None or duration.is_estimated or not options.speaker_per_channel:
        return
    channels = duration.channels or 1
    if duration.seconds * channels > max_channel_s:
        parts = "legs" if options.leg_offsets_s else "channels"
        instead = "" if options.leg_offsets_s else ", or with channels=mix"
        raise AudioTooLong(
            f"the audio has {channels} {parts} of {duration.seconds:.0f} seconds, and this farm"
            f" accepts {max_channel_s:.0f} seconds of all {parts} together; send it in parts"
            f"{instead}"
        )
