"""Time codes and the real time for which they stand."""

from fractions import Fraction

import pytest

from whisperfarm_contract.transcript import Recording
from whisperfarm_worker.pipeline.audio.timecode import frame_rate, parse

NTSC = Fraction(30_000, 1001)


def _seconds(label: str, rate: Fraction) -> float:
    found = parse(label, rate)
    assert found is not None
    return found.start_s


def test_parse_returns_the_start_with_its_frame_rate() -> None:
    assert parse("10:00:00:00", Fraction(25)) == Recording(
        start_s=36_000.0, start_timecode="10:00:00:00", frame_rate="25", drop_frame=False
    )


@pytest.mark.parametrize(
    ("label", "frames"),
    [
        ("00:00:59;29", 1799),
        ("00:01:00;02", 1800),
        ("00:09:59;29", 17_981),
        ("00:10:00;00", 17_982),
        ("00:10:00;01", 17_983),
        ("01:00:00;00", 107_892),
        ("10:00:00.00", 1_078_920),
        ("23:59:59;29", 2_589_407),
    ],
)
def test_drop_frame_leaves_out_labels_and_no_frames(label: str, frames: int) -> None:
    assert _seconds(label, NTSC) == pytest.approx(frames * 1001 / 30_000, abs=1e-6)


def test_drop_frame_at_twice_the_rate_leaves_out_twice_as_many_labels() -> None:
    assert _seconds("00:01:00;04", 2 * NTSC) == pytest.approx(3600 * 1001 / 60_000, abs=1e-6)
    assert parse("00:01:00;03", 2 * NTSC) is None


def test_without_drop_frame_the_time_code_is_slower_than_the_clock() -> None:
    assert _seconds("10:00:00:00", NTSC) == 36_036.0


@pytest.mark.parametrize("label", ["00:01:00;00", "00:01:00;01", "12:59:00;00"])
def test_labels_that_drop_frame_leaves_out_are_invalid(label: str) -> None:
    assert parse(label, NTSC) is None


@pytest.mark.parametrize(
    "label",
    [
        "", "-1:00:00:00", "-10:00:00:00", "24:00:00:00", "10:60:00:00", "10:00:60:00",
        "10:00:00:25", "10:00:00;00", "999999999999:00:00:00", "10:00:00", "\u0661\u0660:00:00:00",
        "10:00:00:00\n", "<b>",
    ],
)  # fmt: skip
def test_other_labels_are_invalid(label: str) -> None:
    assert parse(label, Fraction(25)) is None


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("23.98", Fraction(24_000, 1001)),
        ("25", Fraction(25)),
        ("29.97", NTSC),
        ("59.94", 2 * NTSC),
        ("12.34", None),
        ("0", None),
        ("", None),
    ],
)
def test_frame_rates_are_exact(text: str, rate: Fraction | None) -> None:
    assert frame_rate(text) == rate
