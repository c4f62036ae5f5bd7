"""The samples of the repository, and WAV files made in memory."""

import io
import wave

import imageio_ffmpeg

from tests.support.project import ROOT

SAMPLES = ROOT / "samples"
SUPPORT_CALL = SAMPLES / "support-call.wav"


def wav(
    samples: bytes | None = None,
    *,
    seconds: float = 0.5,
    rate_hz: int = 16_000,
    channels: int = 1,
) -> bytes:
    """Return a WAV file of these 16-bit samples; without any, of silence for `seconds`."""
    content = bytes(2 * channels * round(seconds * rate_hz)) if samples is None else samples
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        writer.writeframes(content)
    return file.getvalue()


def ffmpeg_path() -> str:
    """Return the bundled ffmpeg: it starts in a quarter of the time that Debian's takes."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())
