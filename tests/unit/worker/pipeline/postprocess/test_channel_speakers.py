"""The speakers of a recording in which each channel is one."""

from whisperfarm_worker.pipeline.postprocess.channel_speakers import (
    channel_speaker,
    name_warnings,
)

NAMES = ("agent", "customer")


def test_channel_without_a_name_has_its_number() -> None:
    assert [channel_speaker(channel, NAMES) for channel in range(3)] == [*NAMES, "SPEAKER_02"]


def test_one_name_for_each_channel_gives_no_warning() -> None:
    assert name_warnings(NAMES, channels=2) == name_warnings((), channels=2) == []


def test_a_name_too_many_is_in_the_warning() -> None:
    assert name_warnings((*NAMES, "trainer"), channels=2) == [
        "channel_names: number of channels: 2, of names: 3; trainer had no effect"
    ]


def test_channels_without_a_name_are_in_the_warning() -> None:
    assert name_warnings(NAMES, channels=4) == [
        "channel_names: number of channels: 4, of names: 2; the others are named SPEAKER_02,"
        " SPEAKER_03"
    ]
