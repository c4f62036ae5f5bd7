"""SubRip and WebVTT, byte for byte as openai-whisper writes them."""

from typing import ClassVar

from whisperfarm_contract.formats.cues import cues
from whisperfarm_contract.formats.subtitle_options import DEFAULT_OPTIONS, SubtitleOptions
from whisperfarm_contract.transcript import Transcript


class Srt:
    """SubRip: numbered subtitles."""

    extension: ClassVar[str] = "srt"
    media_type: ClassVar[str] = "application/x-subrip"

    def render(self, transcript: Transcript, options: SubtitleOptions = DEFAULT_OPTIONS) -> str:
        return "".join(
            f"{number}\n{_srt_timestamp(cue.start_ms)} --> {_srt_timestamp(cue.end_ms)}\n"
            f"{cue.text}\n\n"
            for number, cue in enumerate(cues(transcript, options), start=1)
        )


class Vtt:
    """WebVTT: subtitles for browsers."""

    extension: ClassVar[str] = "vtt"
    media_type: ClassVar[str] = "text/vtt"

    def render(self, transcript: Transcript, options: SubtitleOptions = DEFAULT_OPTIONS) -> str:
        bodies = (
            f"{timestamp(cue.start_ms)} --> {timestamp(cue.end_ms)}\n{cue.text}\n\n"
            for cue in cues(transcript, options)
        )
        return "".join(("WEBVTT\n\n", *bodies))


def timestamp(time_ms: int) -> str:
    """Format a time as `mm:ss.mmm`, or as `hh:mm:ss.mmm` from one hour on."""
    return full_timestamp(time_ms).removeprefix("00:")


def full_timestamp(time_ms: int) -> str:
    """Format a time as `hh:mm:ss.mmm`."""
    minutes, rest_ms = divmod(time_ms, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest_ms // 1000:02d}.{rest_ms % 1000:03d}"


def _srt_timestamp(time_ms: int) -> str:
    return full_timestamp(time_ms).replace(".", ",")
