import pytest

from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioTooLong, AudioUnreadable
from whisperfarm_dispatcher.submission.checks import check_duration, check_format

HEADERLESS = Options(encoding="mulaw", sample_rate=8000)


def test_check_format_accepts_known_first_bytes() -> None:
    check_format(b"RIFF\x24\x00\x00\x00WAVEfmt ", Options())
    check_format(b"fLaC\x00\x00\x00\x22", Options())


@pytest.mark.parametrize("head", [b"this is no audio", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n", b""])
def test_file_that_is_not_audio_is_rejected(head: bytes) -> None:
    with pytest.raises(AudioUnreadable, match="first bytes"):
        check_format(head, Options())


def test_check_format_accepts_declared_headerless_audio() -> None:
    check_format(b"\xff\x7f\xff\x7f", HEADERLESS)


def test_check_duration_accepts_unknown_and_allowed() -> None:
    check_duration(None, max_s=60)
    check_duration(60.0, max_s=60)


def test_check_duration_rejects_longer_audio() -> None:
    with pytest.raises(AudioTooLong, match="61 seconds long and this farm accepts 60"):
        check_duration(61.0, max_s=60)
