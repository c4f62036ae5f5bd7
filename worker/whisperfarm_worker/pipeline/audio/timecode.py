"""SMPTE time codes (ST 12-1): labels of frames, and the real time for which they stand."""

import re
from fractions import Fraction

from whisperfarm_contract.transcript import Recording

_LABEL = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})([:;.])([0-9]{2,3})")
_NTSC = Fraction(1000, 1001)
_RATES = {
    **{str(rate): Fraction(rate) for rate in (24, 25, 30, 48, 50, 60, 100, 120)},
    **{f"{float(rate * _NTSC):.2f}": rate * _NTSC for rate in (24, 30, 48, 60, 120)},
}
"""The frame rates of time codes, by their form with at most two decimals."""

_DROP_FRAME_BASE = 30
"""Drop-frame is defined for multiples of 30000/1001 frames a second."""


def frame_rate(text: str) -> Fraction | None:
    """Return the exact rate of `25`, `29.97` and so on, or `None` if no time code has it."""
    return _RATES.get(text)


def parse(label: str, rate: Fraction) -> Recording | None:
    """Return the start that `hh:mm:ss:ff` stands for, or `None` if there is no such frame."""
    found = _LABEL.fullmatch(label)
    if found is None:
        return None
    hours, minutes, seconds, frame = (int(found[group]) for group in (1, 2, 3, 5))
    is_drop = found[4] != ":"
    base = round(rate)
    if max(minutes, seconds) > 59 or hours > 23 or frame >= base:  # noqa: PLR2004 - clock
        return None
    count = ((hours * 60 + minutes) * 60 + seconds) * base + frame
    if is_drop:
        if not _can_drop(rate) or _is_dropped(minutes, seconds, frame, base):
            return None
        count -= _dropped_before(hours * 60 + minutes, base)
    return Recording(
        start_s=round(float(count / rate), 6),
        start_timecode=label,
        frame_rate=str(rate),
        drop_frame=is_drop,
    )


def _can_drop(rate: Fraction) -> bool:
    return rate.denominator != 1 and round(rate) % _DROP_FRAME_BASE == 0


def _labels_per_drop(base: int) -> int:
    return 2 * base // _DROP_FRAME_BASE


def _is_dropped(minutes: int, seconds: int, frame: int, base: int) -> bool:
    """Whether the label is one of those left out at the start of a minute."""
    return minutes % 10 != 0 and seconds == 0 and frame < _labels_per_drop(base)


def _dropped_before(minutes: int, base: int) -> int:
    """Return how many labels are left out before this minute: none in each tenth one."""
    return _labels_per_drop(base) * (minutes - minutes // 10)
