"""Warnings about what was suppressed."""

from dataclasses import replace

from whisperfarm_worker.pipeline.crosstalk.report import Copy, warnings

COPY = Copy(channel=0, source=1, start=1.0, end=3.0, delay_s=0.12, level_db=-26.2)


def test_a_channel_with_several_originals_has_one_warning() -> None:
    other = replace(COPY, source=2, start=0.2, end=0.8, delay_s=-0.004, level_db=-14.0)
    assert warnings([COPY, other]) == [
        "channel 0 (SPEAKER_00) has the speech of channel 1 (26 dB quieter, 120 ms later) and"
        " channel 2 (14 dB quieter, 4 ms earlier); 2.6 s were left out of it: 0.2 to 0.8 s, 1.0 to"
        " 3.0 s; if the text should be in all these channels, set crosstalk=keep"
    ]


def test_equal_channels_are_as_loud() -> None:
    assert "channel 1 (as loud);" in warnings([replace(COPY, delay_s=0.0, level_db=0.2)])[0]


def test_only_the_first_times_are_listed() -> None:
    copies = [replace(COPY, start=float(start), end=start + 0.5) for start in range(8)]
    assert "4.0 s were left out of it: 0.0 to 0.5 s," in warnings(copies)[0]
    assert "4.0 to 4.5 s and 3 more;" in warnings(copies)[0]


def test_nothing_suppressed_gives_no_warning() -> None:
    assert warnings([]) == []


def test_channels_have_the_names_of_the_caller() -> None:
    assert "channel 0 (agent) has the speech of" in warnings([COPY], ["agent", "customer"])[0]
