"""SubRip and WebVTT, byte for byte as openai-whisper writes them."""

from typing import ClassVar

from whisperfarm_contract.formats.cues import cues
from whisperfarm_contract.formats.subtitle_options import PLAIN, Layout
from whisperfarm_contract.transcript import Transcript


class Srt:
    """SubRip: numbered subtitles."""

    extension: ClassVar[str] = "srt"
    media_type: ClassVar[str] = "application/x-subrip"

    def render(self, transcript: Transcript, layout: Layout = PLAIN) -> str:
        return "".join(
            f"{number}\n{_srt_time(cue.start_ms)} --> {_srt_time(cue.end_ms)}\n{cue.text}\n\n"
            for number, cue in enumerate(cues(transcript, layout), start=1)
        )


class Vtt:
    """WebVTT: subtitles for browsers."""

    extension: ClassVar[str] = "vtt"
    media_type: ClassVar[str] = "text/vtt"

    def render(self, transcript: Transcript, layout: Layout = PLAIN) -> str:
        bodies = (
            f"{clock(cue.start_ms)} --> {clock(cue.end_ms)}\n{cue.text}\n\n"
            for cue in cues(transcript, layout)
        )
        return "".join(("WEBVTT\n\n", *bodies))


def clock(time_ms: int) -> str:
    """Format a time as `mm:ss.mmm`, or as `hh:mm:ss.mmm` from one hour on."""
    return _full_clock(time_ms).removeprefix("00:")


def _full_clock(time_ms: int) -> str:
    minutes, rest_ms = divmod(time_ms, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest_ms // 1000:02d}.{rest_ms % 1000:03d}"


def _srt_time(time_ms: int) -> str:
    return _full_clock(time_ms).replace(".", ",")
