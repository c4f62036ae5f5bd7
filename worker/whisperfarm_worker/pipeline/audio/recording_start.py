"""Finds the time code at which a recording starts."""

from whisperfarm_contract.transcript import Recording
from whisperfarm_worker.pipeline.audio import broadcast_wave, timecode, wav
from whisperfarm_worker.pipeline.audio.ffmpeg import Input
from whisperfarm_worker.pipeline.audio.media_info import MediaInfo

_DAY_S = 86_400


class InvalidStart(ValueError):
    """The file has a start that cannot be used. The message is a warning for the caller."""


def find(source: Input, info: MediaInfo) -> Recording | None:
    """Return the start, or `None` if the file states none. Raises `InvalidStart`."""
    if source.container is not None and source.container.name == "wav":
        return _of_broadcast_wave(source)
    return None if info.timecode is None else _of_timecode(info.timecode, info.frame_rate)


def _of_broadcast_wave(source: Input) -> Recording | None:
    with source.path.open("rb") as file:
        samples = broadcast_wave.time_reference(file, source.offset)
        header = wav.read_header(file, source.offset)
    rate_hz = source.sample_rate_hz or (header.sample_rate_hz if header else 0)
    if samples is None or not rate_hz:
        return None
    if samples >= _DAY_S * rate_hz:
        raise InvalidStart(
            "the start time code was ignored: the time reference of the file is later than a day"
        )
    return Recording(start_s=round(samples / rate_hz, 6), start_timecode=_clock(samples // rate_hz))


def _of_timecode(label: str, rate_text: str | None) -> Recording:
    rate = timecode.frame_rate(rate_text or "")
    if rate is None:
        raise InvalidStart(
            "the start time code was ignored: the file does not state a frame rate of time codes"
        )
    found = timecode.parse(label, rate)
    if found is None:
        raise InvalidStart(
            f"the start time code was ignored: it is not valid at {rate_text} frames per second"
        )
    return found


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
