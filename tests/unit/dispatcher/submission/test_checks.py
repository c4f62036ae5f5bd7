import pytest

from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioTooLong, AudioUnreadable
from whisperfarm_dispatcher.submission.checks import check_kind, check_length

HEADERLESS = Options(encoding="mulaw", sample_rate=8000)


def test_audio_is_told_by_its_first_bytes() -> None:
    check_kind(b"RIFF\x24\x00\x00\x00WAVEfmt ", Options())
    check_kind(b"fLaC\x00\x00\x00\x22", Options())


@pytest.mark.parametrize("head", [b"this is no audio", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n", b""])
def test_what_is_no_audio_is_refused(head: bytes) -> None:
    with pytest.raises(AudioUnreadable, match="first bytes"):
        check_kind(head, Options())


def test_headerless_audio_is_taken_when_the_caller_says_what_it_is() -> None:
    check_kind(b"\xff\x7f\xff\x7f", HEADERLESS)


def test_audio_of_unknown_or_allowed_length_is_taken() -> None:
    check_length(None, longest_s=60)
    check_length(60.0, longest_s=60)


def test_longer_audio_is_refused() -> None:
    with pytest.raises(AudioTooLong, match="61 seconds and this farm accepts 60"):
        check_length(61.0, longest_s=60)
