"""Frames of MPEG audio, layers II and III."""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.media.frames.frame import Frame

_MPEG_RATES_HZ = (44_100, 48_000, 32_000)
_MPEG_KBITS: Mapping[tuple[bool, int], tuple[int, ...]] = MappingProxyType(
    {
        (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
        (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
        (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
        (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    }
)
"""Bit rates by MPEG-1 or not, and layer."""


def mpeg(data: bytes, at: int = 0) -> Frame | None:
    """Parse a frame of layer II or III without reserved values.

    Layer I is excluded: it is hardly used, and UTF-16 text starts like one of its frames.
    """
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = (head[1] >> 3) & 3, 4 - ((head[1] >> 1) & 3)
    bit_rate, rate = head[2] >> 4, (head[2] >> 2) & 3
    if version == 1 or layer not in (2, 3) or bit_rate in (0, 15) or rate == 3:
        return None
    is_mpeg1 = version == 3
    rate_hz = _MPEG_RATES_HZ[rate] // {3: 1, 2: 2, 0: 4}[version]
    samples = 1152 if is_mpeg1 or layer == 2 else 576
    bits_per_s = _MPEG_KBITS[is_mpeg1, layer][bit_rate - 1] * 1000
    size = samples * bits_per_s // (8 * rate_hz) + ((head[2] >> 1) & 1)
    return Frame("mp3", size, samples / rate_hz, (version, layer, rate))
