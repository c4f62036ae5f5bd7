import io

import pytest

from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioTooLong, AudioUnreadable
from whisperfarm_dispatcher.submission import checks
from whisperfarm_dispatcher.submission.checks import limit_channels, limit_duration
from whisperfarm_dispatcher.submission.probe import Duration

HEADERLESS = Options(encoding="mulaw", sample_rate=8000)


def check_format(head: bytes, options: Options) -> None:
    checks.check_format(io.BytesIO(head), options, size_bytes=len(head))


def test_check_format_accepts_known_first_bytes() -> None:
    check_format(b"RIFF\x24\x00\x00\x00WAVEfmt ", Options())
    check_format(b"fLaC\x00\x00\x00\x22", Options())


@pytest.mark.parametrize("head", [b"this is not audio", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n", b""])
def test_file_that_is_not_audio_is_rejected(head: bytes) -> None:
    with pytest.raises(AudioUnreadable, match="first bytes"):
        check_format(head, Options())


def test_encrypted_audio_is_rejected_with_the_name_of_the_encryption() -> None:
    audible = (5_000).to_bytes(4, "big") + b"\x57\x90\x75\x36" + bytes(100)
    with pytest.raises(AudioUnreadable, match=r"encrypted \(Audible\); send it without"):
        check_format(audible, Options())


def test_check_format_accepts_declared_headerless_audio() -> None:
    check_format(b"\xff\x7f\xff\x7f", HEADERLESS)


@pytest.mark.parametrize("is_estimated", [False, True])
def test_limit_duration_keeps_an_allowed_duration(*, is_estimated: bool) -> None:
    allowed = Duration(60.0, is_estimated=is_estimated)
    assert limit_duration(allowed, max_s=60) == allowed
    assert limit_duration(None, max_s=60) is None


def test_limit_duration_rejects_longer_audio() -> None:
    with pytest.raises(AudioTooLong, match="61 seconds long and this farm accepts 60"):
        limit_duration(Duration(61.0, is_estimated=False), max_s=60)


def test_limit_duration_shortens_an_estimate() -> None:
    shortened = limit_duration(Duration(48_745.0, is_estimated=True), max_s=60)
    assert shortened == Duration(60.0, is_estimated=True)


SPEAKERS = Options(channels="speakers")


def test_limit_channels_rejects_channels_too_long_together() -> None:
    with pytest.raises(AudioTooLong, match="8 channels of 60 seconds, and this farm accepts 479"):
        limit_channels(Duration(60.0, is_estimated=False, channels=8), SPEAKERS, max_channel_s=479)
    legs = Options(leg_offset_s="0,5")
    with pytest.raises(AudioTooLong, match="2 legs of 300 seconds"):
        limit_channels(Duration(300.0, is_estimated=False, channels=2), legs, max_channel_s=479)


@pytest.mark.parametrize(
    ("duration", "options"),
    [
        (Duration(60.0, is_estimated=False, channels=7), SPEAKERS),
        (Duration(60.0, is_estimated=False, channels=8), Options()),
        (Duration(600.0, is_estimated=True, channels=8), SPEAKERS),
        (Duration(60.0, is_estimated=False), SPEAKERS),
        (None, SPEAKERS),
    ],
)
def test_limit_channels_accepts_mixes_estimates_and_what_fits(
    duration: Duration | None, options: Options
) -> None:
    limit_channels(duration, options, max_channel_s=479)
